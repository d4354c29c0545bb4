using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Akka.Actor;
using Akka.TestKit.Xunit2;
using DreamerActors.Actors.Machines;
using DreamerActors.Actors.Sessions;
using DreamerActors.Actors.Wire;
using DreamerActors.Domain.Sessions;

namespace DreamerActors.Actors.Tests.Wire;

/// <summary>What is in the journal, or comes from a machine of an earlier release, stays readable, and all of it has its place in the frozen table.</summary>
public sealed class WireSerializerTests : TestKit
{
    private readonly WireSerializer _serializer;

    public WireSerializerTests() => _serializer = new WireSerializer((ExtendedActorSystem)Sys);

    [Fact]
    public void Everything_comes_back_as_it_was()
    {
        foreach (var original in Messages.OnTheWire)
        {
            var bytes = _serializer.ToBinary(original);
            var back = _serializer.FromBinary(bytes, _serializer.Manifest(original));
            Assert.IsType(original.GetType(), back);
            Assert.Equal(bytes, _serializer.ToBinary(back));
        }
    }

    [Fact]
    public void Every_event_and_every_message_has_a_manifest_and_is_covered_by_these_tests()
    {
        var marked = typeof(ISessionEvent).Assembly.GetTypes().Concat(typeof(IWireMessage).Assembly.GetTypes())
            .Where(type => type.IsClass && (typeof(ISessionEvent).IsAssignableFrom(type) || typeof(IWireMessage).IsAssignableFrom(type)))
            // What scenarios tell their session.
            .Concat([typeof(RecordWoven), typeof(RecordKept), typeof(RecordRejected), typeof(RecordLost), typeof(RecordCanaries)]).Select(type => type.Name).Order().ToList();
        Assert.Equal(marked, WireSerializer.Table.Values.Select(type => type.Name).Order());
        Assert.Equal(marked, Messages.OnTheWire.Select(each => each.GetType().Name).Distinct().Order());
    }

    [Fact]
    public void What_a_later_release_adds_is_passed_over_and_what_may_be_missing_gets_its_default()
    {
        const string Later = """{"session":"s","slots":2,"isWaking":false,"reason":"Load","detail":"d","weather":{"rain":[1]}}""";
        Assert.Equal(new MachineProtocol.Spare(new SessionId("s"), 2, false, InterruptReason.Load, "d"), Read(Later, "spare.v1"));
        Assert.Equal(new MachineProtocol.Woke(new SessionId("s"), InterruptReason.Asked, TimeSpan.Zero), Read("""{"session":"s","reason":"Asked","stoppedIn":"00:00:00"}""", "woke.v1"));
        Assert.Equal(new SessionProtocol.SessionRefused(new SessionId("s"), "no"), Read("""{"session":"s","reason":"no"}""", "session-refused.v1"));
        // A field that may not be missing is no default: whoever sends that is refused.
        Assert.Throws<JsonException>(() => Read("""{"session":"s"}""", "spare.v1"));
    }

    private object Read(string json, string manifest) => _serializer.FromBinary(Encoding.UTF8.GetBytes(json), manifest);

    [Fact]
    public void Manifests_carry_a_version_and_no_type_name_of_the_runtime() =>
        Assert.All(Messages.OnTheWire, each =>
        {
            var manifest = _serializer.Manifest(each);
            Assert.DoesNotContain("DreamerActors", manifest, StringComparison.Ordinal);
            Assert.Matches("[0-9]$", manifest);
        });

    [Fact]
    public void An_event_of_a_journal_older_than_language_models_is_still_read()
    {
        var old = JsonNode.Parse(_serializer.ToBinary(Events.All.OfType<DreamCompleted>().First()))!.AsObject();
        old.Remove("effort");
        var read = (DreamCompleted)_serializer.FromBinary(Encoding.UTF8.GetBytes(old.ToJsonString()), "dream-completed.v1");
        Assert.Null(read.Effort);
    }

    [Fact]
    public void An_interruption_of_a_build_that_told_less_is_still_read()
    {
        const string Old = """{"session":"0b0e7a44-1111-2222-3333-444455556666","at":"2026-11-25T02:15:30.123+00:00","reason":"Load","stopLatency":"00:00:00.4000000"}""";
        var read = Assert.IsType<SessionInterrupted>(_serializer.FromBinary(Encoding.UTF8.GetBytes(Old), "session-interrupted.v1"));
        Assert.Equal((InterruptReason.Load, 400, null, 0, null), (read.Reason, read.StopLatency.TotalMilliseconds, read.Detail, read.Killed, read.Problem));
    }

    [Fact]
    public void An_unknown_manifest_is_refused() =>
        Assert.ThrowsAny<Exception>(() => _serializer.FromBinary(Encoding.UTF8.GetBytes("{}"), "no-such-event-9"));

    [Fact]
    public void What_is_written_is_json() =>
        Assert.All(Messages.OnTheWire, each => Assert.Equal(JsonValueKind.Object, JsonDocument.Parse(_serializer.ToBinary(each)).RootElement.ValueKind));

    [Theory]
    [MemberData(nameof(Golden))]
    public void What_an_earlier_release_wrote_is_read_with_nothing_lost(string file)
    {
        var written = File.ReadAllBytes(Path.Combine(GoldenFolder, file));
        var read = _serializer.FromBinary(written, Path.GetFileNameWithoutExtension(file));
        Contains(JsonDocument.Parse(written).RootElement, JsonDocument.Parse(_serializer.ToBinary(read)).RootElement, "$");
    }

    [Fact]
    public void Every_manifest_has_its_golden_file() =>
        Assert.Equal(
            WireSerializer.Table.Select(entry => entry.Key + ".json").Order(),
            Directory.GetFiles(GoldenFolder).Select(Path.GetFileName).Order());

    public static TheoryData<string> Golden() => [.. Directory.GetFiles(GoldenFolder).Select(file => Path.GetFileName(file)).Order()];

    private static string GoldenFolder { get; } = Path.Combine(AppContext.BaseDirectory, "Wire", "golden");

    /// <summary>Everything of the old document is in the new one; a later version may add.</summary>
    private static void Contains(JsonElement old, JsonElement now, string path)
    {
        Assert.True(old.ValueKind == now.ValueKind, $"{path}: {old} became {now}");
        switch (old.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var property in old.EnumerateObject())
                {
                    Assert.True(now.TryGetProperty(property.Name, out var kept), $"{path}.{property.Name} is lost");
                    Contains(property.Value, kept, $"{path}.{property.Name}");
                }

                break;
            case JsonValueKind.Array:
                Assert.Equal(old.GetArrayLength(), now.GetArrayLength());
                foreach (var (before, after) in old.EnumerateArray().Zip(now.EnumerateArray())) Contains(before, after, path + "[]");
                break;
            default:
                Assert.Equal(old.ToString(), now.ToString());
                break;
        }
    }
}
