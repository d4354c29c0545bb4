using System.Net;
using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Sharding;
using DreamerActors.Adapters.Journal;
using DreamerActors.Host.Doctor;
using DreamerActors.Host.Http.Management;
using DreamerActors.Host.Telemetry;
using DreamerActors.Host.Tests.Running;
using DreamerActors.Hosting.Dreaming;
using DreamerActors.Hosting.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace DreamerActors.Host.Tests;

/// <summary>What a machine says of itself when something that it needs has really failed.</summary>
[Collection(Processes.Name)]
public sealed class ManagementFaultTests(PostgresServer server) : IClassFixture<PostgresServer>, IDisposable
{
    private readonly Workspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    [SkippableFact]
    public async Task It_is_not_ready_while_its_journal_is_away()
    {
        Needs.Sandbox();
        using var host = await RunningHost.StartAsync(_workspace, ("DREAMER_JOURNAL", await server.CreateDatabaseAsync()));
        using var http = new HttpClient { BaseAddress = host.Management };
        await AwaitReadyAsync(http);
        await server.StopAsync();
        try
        {
            Assert.Equal((HttpStatusCode.InternalServerError, "Not Healthy: journal"), await ReadyAsync(http));
            Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/alive")).StatusCode);
        }
        finally
        {
            await server.StartAsync();
        }

        await AwaitReadyAsync(http);
    }

    [SkippableFact]
    public async Task Stats_of_the_whole_cluster_time_out_when_another_machine_hangs()
    {
        Needs.Sandbox();
        using var elsewhere = new Workspace();
        var journal = await server.CreateDatabaseAsync();
        var (first, second) = ($"127.0.0.1:{Ports.Free()}", $"127.0.0.1:{Ports.Free()}");
        using var host = await RunningHost.StartAsync(_workspace, ("DREAMER_JOURNAL", journal), ("DREAMER_CLUSTER", first), ("DREAMER_SEEDS", first));
        using var other = await RunningHost.StartAsync(elsewhere, ("DREAMER_JOURNAL", journal), ("DREAMER_CLUSTER", second), ("DREAMER_SEEDS", first));
        using var http = new HttpClient { BaseAddress = host.Management };
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (!(await ManagementTests.AskAsync(http, HttpMethod.Get, "/cluster/shards/dream-session/stats")).Body.Contains(second, StringComparison.Ordinal))
            await Task.Delay(50, patience.Token); // a cluster tells over a question only
        await other.Running.SuspendAsync();
        try
        {
            Assert.Equal((HttpStatusCode.GatewayTimeout, "application/json", """{"message":"Cluster-wide stats for dream-session timed out"}"""), await ManagementTests.AskAsync(http, HttpMethod.Get, "/cluster/shards/dream-session/stats"));
        }
        finally
        {
            await other.Running.SignalAsync("CONT");
        }
    }

    [Fact]
    public async Task A_shard_region_that_hangs_is_told_as_such_and_a_silent_stream_shows_that_it_lives()
    {
        var settings = new DreamerSettings
        {
            OutputDirectory = Path.Combine(_workspace.Path, "out"), MemoryRoot = Path.Combine(_workspace.Path, "memory"), DataDirectory = Path.Combine(_workspace.Path, "data"), ManagementAddress = "http://127.0.0.1:0", ManagementWrites = true,
        };
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddLogging().AddDreamer(settings);
        builder.AddTelemetry(builder.Configuration, isScraped: true);
        using var host = builder.Build();
        await host.StartAsync();
        await using var web = (await ManagementWeb.StartAsync(host.Services, settings, CancellationToken.None))!;
        using var http = new HttpClient { BaseAddress = new Uri(web.Urls.First()) };
        var silent = ManagementTests.HearAsync(http, "/cluster/domain-events?type=MemberRemoved", 1);
        var system = host.Services.GetRequiredService<ActorSystem>();
        var region = (IInternalActorRef)ClusterSharding.Get(system).ShardRegion("dream-session");
        region.Suspend();

        var stats = ManagementTests.AskAsync(http, HttpMethod.Get, "/cluster/shards/dream-session/stats");
        Assert.Equal((HttpStatusCode.NotFound, "application/json", """{"message":"Shard Region dream-session not responding, may have been terminated"}"""), await ManagementTests.AskAsync(http, HttpMethod.Get, "/cluster/shards/dream-session"));
        Assert.Contains("shard-region", (await ReadyAsync(http)).Body, StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.GatewayTimeout, "application/json", """{"message":"Cluster-wide stats for dream-session timed out"}"""), await stats);
        Assert.Equal([("message", "")], await silent);

        var self = Cluster.Get(system).SelfAddress;
        Assert.Equal((HttpStatusCode.OK, "application/json", $$"""{"message":"Downing {{self}}"}"""), await ManagementTests.AskAsync(http, HttpMethod.Put, $"/cluster/members/{self}", ("operation", "down")));
        await system.WhenTerminated.WaitAsync(TimeSpan.FromMinutes(1));
        await host.StopAsync();
    }

    [SkippableFact]
    public async Task The_doctor_s_remedies_for_a_journal_cure_it()
    {
        var database = await server.CreateDatabaseAsync();
        var name = PostgresServer.NameOf(database);
        await server.SqlAsync(name, "REVOKE CREATE ON SCHEMA public FROM PUBLIC; CREATE ROLE \"Po\"\"or\" LOGIN PASSWORD 'right'");
        string As(string password, string where) => new NpgsqlConnectionStringBuilder(database) { Username = "Po\"or", Password = password, Database = where }.ToString();

        var poor = await LookAsync(As("right", name));
        Assert.Equal((Doctor.Health.Ill, "GRANT CREATE ON SCHEMA \"public\" TO \"Po\"\"or\";"), (poor.Health, poor.Remedy));
        await server.SqlAsync(name, poor.Remedy!);
        Assert.Equal(Doctor.Health.Well, (await LookAsync(As("right", name))).Health);

        var nowhere = await LookAsync(As("right", "not-there"));
        Assert.Equal((Doctor.Health.Ill, "CREATE DATABASE \"not-there\" OWNER \"Po\"\"or\";"), (nowhere.Health, nowhere.Remedy));
        await server.SqlAsync(name, nowhere.Remedy!);
        Assert.Equal(Doctor.Health.Well, (await LookAsync(As("right", "not-there"))).Health);

        var stranger = await LookAsync(As("a-wrong-password", name));
        Assert.Contains("Passfile", stranger.Remedy, StringComparison.Ordinal);
        Assert.DoesNotContain("a-wrong-password", stranger.ToString(), StringComparison.Ordinal);

        Assert.Equal(Doctor.Health.Ill, JournalComplaints.Of(new PostgresSight("12.9", 12, "dreamer", "public", true, true)).Health);
        var away = await _workspace.RunAsync(["doctor", "--json"], [("DREAMER_JOURNAL", "Host=127.0.0.1;Port=1;Database=dreamer;Username=dreamer")]);
        var finding = away.Json.GetProperty("findings").EnumerateArray().Single(each => each.GetProperty("part").GetString() == "journal");
        Assert.Equal((69, "ill"), (away.Exit, finding.GetProperty("health").GetString()));
        Assert.Contains("DREAMER_JOURNAL", finding.GetProperty("remedy").GetString(), StringComparison.Ordinal);
    }

    private static async Task<Finding> LookAsync(string connection)
    {
        try
        {
            return JournalComplaints.Of(await PostgresJournal.LookAsync(connection, CancellationToken.None));
        }
        catch (NpgsqlException refusal)
        {
            return JournalComplaints.Refused(new NpgsqlConnectionStringBuilder(connection), refusal);
        }
    }

    private static async Task AwaitReadyAsync(HttpClient http)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (await ReadyAsync(http) != (HttpStatusCode.OK, "OK"))
            await Task.Delay(50, patience.Token); // a probe tells over a question only
    }

    private static async Task<(HttpStatusCode Status, string Body)> ReadyAsync(HttpClient http)
    {
        using var answer = await http.GetAsync("/ready");
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }
}
