using Akka.Actor;
using Akka.Persistence;
using Akka.TestKit.Xunit2;
using DreamerActors.Adapters.Journal;
using DreamerActors.Domain.Journal;
using DreamerActors.Domain.Sessions;
using DreamerActors.Hosting.Dreaming;
using DreamerActors.Hosting.Settings;
using DreamerActors.Hosting.Tests.Dreaming;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace DreamerActors.Hosting.Tests.Journal;

/// <summary>The journal on a real PostgreSQL server, and what only a server can do: be shared, be away, be of another release.</summary>
public sealed class PostgresJournalTests(PostgresServer server) : JournalSpec, IClassFixture<PostgresServer>
{
    private const int Many = 60; // they outlast a restart of the server

    protected override async Task<DreamerSettings> SettingsAsync() =>
        Dreamer.Settings with { PostgresJournal = PostgresConnection.Complete(await server.CreateDatabaseAsync()) };

    [SkippableFact]
    public async Task A_server_that_is_away_in_mid_session_is_waited_for_and_no_event_is_lost_or_doubled()
    {
        Needs.Sandbox();
        var settings = await SettingsAsync();
        await Dreamer.StartAsync(settings);
        await Dreamer.LearnAsync(Entities);
        var waiting = Dreamer.Log.AwaitAsync("The journal cannot be written now");
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var dreaming = Dreamer.Engine.EnterRemPhaseAsync(new RemRequest(Entities), new Once(progress => progress.Ended == 1, begun.SetResult), CancellationToken.None);
        await begun.Task;
        await server.StopAsync();
        await waiting;
        await server.StartAsync();

        var report = await dreaming;

        Assert.Equal((RemStatus.Completed, Entities, 0), (report.Status, report.Attempted, report.Lost));
        var written = await server.SqlAsync(PostgresServer.NameOf(settings.PostgresJournal!), """
            SELECT count(*) FILTER (WHERE manifest IN ('dream-completed.v1', 'dream-rejected.v1')), count(*) FILTER (WHERE manifest = 'session-completed.v1'),
                count(*) - max(sequence_number), count(*) - (SELECT count(*) FROM tags) FROM journal
            """);
        Assert.Equal($"{Entities}|1|0|0", written);
        Assert.Equal(Entities, (await Dreamer.Reader.DreamsAsync(new DreamQuery(new SessionId(report.SessionId!)), CancellationToken.None)).Count);
        Assert.All(Dreamer.Log.Lines, line => Assert.DoesNotContain(PostgresServer.Password, line, StringComparison.Ordinal));
    }

    [SkippableFact]
    public async Task Another_journal_than_before_is_derived_from_its_beginning()
    {
        Needs.Sandbox();
        var settings = await SettingsAsync();
        await Dreamer.StartAsync();
        await Dreamer.LearnAsync(Entities);
        await Dreamer.Engine.EnterRemPhaseAsync(new RemRequest(3), null, CancellationToken.None);
        await Dreamer.StopAsync();

        await Dreamer.StartAsync(settings);
        Assert.Equal(0, (await Dreamer.Engine.GetStatisticsAsync(CancellationToken.None)).TotalDreams);
        var report = await Dreamer.Engine.EnterRemPhaseAsync(new RemRequest(1), null, CancellationToken.None);
        Assert.Equal((RemStatus.Completed, 1), (report.Status, (await Dreamer.Engine.GetStatisticsAsync(CancellationToken.None)).TotalDreams));
    }

    [SkippableFact]
    public async Task Of_machines_that_share_a_journal_one_dreams_and_another_finishes_what_it_left()
    {
        Needs.Sandbox();
        await using var other = new EmbeddedDreamer();
        var settings = await SettingsAsync();
        await Dreamer.StartAsync(settings);
        await other.StartAsync(other.Settings with { PostgresJournal = settings.PostgresJournal });
        await Dreamer.LearnAsync(Many);
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var dreaming = Dreamer.Engine.EnterRemPhaseAsync(new RemRequest(Many), new Once(progress => progress.Ended == 1, begun.SetResult), CancellationToken.None);
        await begun.Task;

        var busy = await other.Engine.ResumeAsync(null, CancellationToken.None);
        Assert.Equal((RemStatus.Busy, $"another machine dreams (DreamerActors on {Environment.MachineName})"), (busy.Status, busy.Error));
        // A server that was away has forgotten who had the right; it is taken again before anybody else asks.
        var again = Dreamer.Log.AwaitAsync("the right to dream is ours again");
        await server.StopAsync();
        await server.StartAsync();
        await again;
        var still = await other.Engine.ResumeAsync(null, CancellationToken.None);
        Assert.Equal((busy.Status, busy.Error), (still.Status, still.Error));

        await Dreamer.Engine.WakeUpAsync(InterruptReason.Asked, CancellationToken.None);
        var interrupted = await dreaming;
        var finished = await other.Engine.ResumeAsync(null, CancellationToken.None);
        Assert.Equal((RemStatus.Interrupted, RemStatus.Completed, interrupted.SessionId, Many), (interrupted.Status, finished.Status, finished.SessionId, finished.Attempted));
        Assert.Equal(finished.Successful, Directory.GetFiles(other.Settings.OutputDirectory, "dream_*.py").Length);
    }

    [SkippableFact]
    public async Task Places_are_given_in_the_order_of_commits_so_that_no_reader_passes_by_a_late_one()
    {
        var connection = await server.CreateDatabaseAsync();
        await PrepareAsync(connection);
        await using var source = NpgsqlDataSource.Create(connection);
        await using var slow = await source.OpenConnectionAsync();
        await using var unfinished = await slow.BeginTransactionAsync();
        var first = await InsertAsync(slow, "slow");
        await using var quick = await source.OpenConnectionAsync();
        var later = InsertAsync(quick, "quick");
        await using var watcher = await source.OpenConnectionAsync();
        await using var blocked = new NpgsqlCommand("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted", watcher);
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while ((long)(await blocked.ExecuteScalarAsync())! == 0 && !later.IsCompleted) await Task.Delay(10, patience.Token); // the server tells over a question only

        Assert.False(later.IsCompleted);
        await unfinished.CommitAsync();
        Assert.True(await later > first);
    }

    [SkippableFact]
    public async Task A_writer_that_falls_silent_in_mid_write_gives_its_turn_to_the_next_and_writes_again_when_it_is_back()
    {
        var connection = await server.CreateDatabaseAsync();
        await PrepareAsync(connection);
        await using (var usual = new NpgsqlConnection(PostgresConnection.Complete(connection)))
        {
            await usual.OpenAsync();
            await using var limits = new NpgsqlCommand("SELECT string_agg(name || ' ' || reset_val, ', ' ORDER BY name) FROM pg_settings WHERE name IN ('idle_in_transaction_session_timeout', 'tcp_keepalives_idle', 'tcp_user_timeout')", usual);
            Assert.Equal("idle_in_transaction_session_timeout 10000, tcp_keepalives_idle 5, tcp_user_timeout 20000", await limits.ExecuteScalarAsync());
        }

        await using var source = NpgsqlDataSource.Create(PostgresConnection.Complete(connection + ";Options=-c idle_in_transaction_session_timeout=200")!);
        await using var silent = await source.OpenConnectionAsync();
        await using var unfinished = await silent.BeginTransactionAsync();
        await InsertAsync(silent, "silent");
        await using var next = await source.OpenConnectionAsync();
        Assert.True(await InsertAsync(next, "next") > 0);
        var told = await Assert.ThrowsAnyAsync<NpgsqlException>(() => unfinished.CommitAsync());
        Assert.True(PostgresConnection.IsUnavailable(told), told.ToString());
    }

    [SkippableFact]
    public async Task A_write_whose_answer_was_lost_is_known_again_and_another_in_its_place_is_refused()
    {
        await Dreamer.StartAsync(await SettingsAsync());
        var writer = new TestKit(Dreamer.System);
        var journal = Persistence.Instance.Apply(Dreamer.System).JournalFor(null);
        void Write(string reason) => journal.Tell(new WriteMessages([new AtomicWrite(new Persistent(new SessionQuarantined(new SessionId("s"), DateTimeOffset.UnixEpoch, reason, []), 1, "writer"))], writer.TestActor, 1));

        Write("first");
        writer.ExpectMsg<WriteMessagesSuccessful>(TimeSpan.FromSeconds(30));
        writer.ExpectMsg<WriteMessageSuccess>();
        Write("first");
        writer.ExpectMsg<WriteMessagesSuccessful>(TimeSpan.FromSeconds(30));
        writer.ExpectMsg<WriteMessageSuccess>();
        Write("second");
        Assert.Contains("journal_uq", writer.ExpectMsg<WriteMessagesFailed>(TimeSpan.FromSeconds(30)).Cause.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Many_may_start_at_once_and_all_find_the_same_journal()
    {
        var connection = await server.CreateDatabaseAsync();
        var names = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => PrepareAsync(connection)));
        Assert.Single(names.Distinct());
        Assert.Equal(names[0], await PrepareAsync(connection));
    }

    [SkippableFact]
    public async Task A_journal_of_a_later_release_is_left_alone_and_a_wrong_password_is_told_at_once()
    {
        var connection = await server.CreateDatabaseAsync();
        await PrepareAsync(connection);
        await server.SqlAsync(PostgresServer.NameOf(connection), "UPDATE dreamer_journal SET version = 99");
        Assert.Contains("version 99", (await Assert.ThrowsAsync<IOException>(() => PrepareAsync(connection))).Message, StringComparison.Ordinal);

        var refused = await Assert.ThrowsAsync<IOException>(() => PrepareAsync(connection.Replace(PostgresServer.Password, "wrong-secret", StringComparison.Ordinal)));
        Assert.Contains("password authentication failed", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong-secret", refused.ToString(), StringComparison.Ordinal);
    }

    private static Task<string> PrepareAsync(string connection) =>
        new PostgresJournal(connection, TimeProvider.System, NullLogger.Instance).PrepareAsync(CancellationToken.None);

    private static async Task<long> InsertAsync(NpgsqlConnection connection, string writer)
    {
        await using var insert = new NpgsqlCommand("INSERT INTO journal (created, deleted, persistence_id, sequence_number, message) VALUES (0, false, $1, 1, '') RETURNING ordering", connection)
        {
            Parameters = { new() { Value = writer } },
        };
        return (long)(await insert.ExecuteScalarAsync())!;
    }
}
