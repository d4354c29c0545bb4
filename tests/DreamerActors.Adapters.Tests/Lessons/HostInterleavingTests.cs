using System.Text;
using System.Text.Json.Nodes;
using DreamerActors.Adapters.Lessons;
using DreamerActors.Domain.Lessons;
using Microsoft.Data.Sqlite;

namespace DreamerActors.Adapters.Tests.Lessons;

/// <summary>A host that keeps lessons in memory and rewrites, cuts off, garbles or deletes its file at any moment of ours.</summary>
public sealed class HostInterleavingTests : IDisposable
{
    private const int Interleavings = 200;
    private readonly TemporaryFolder _folder = new(inMemory: true);

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        _folder.Dispose();
    }

    internal static JsonObject Lesson(string id) => LessonDocument.Of(id, "2026-01-01T00:00:00.000000", new Lesson($"s {id} żółć 🌙", "a", "✅ r", "f", ["t"]), []);

    [Fact]
    public void In_200_interleavings_nothing_of_ours_is_missing_nothing_of_the_hosts_is_lost_and_nothing_is_doubled()
    {
        var breaks = 0;
        for (var seed = 0; seed < Interleavings; seed++)
        {
            var root = Path.Combine(_folder.Path, seed.ToString(System.Globalization.CultureInfo.InvariantCulture));
            Directory.CreateDirectory(root);
            var random = new Random(seed);
            var host = new FakeHost(Path.Combine(root, "lessons.json"), random);
            var outbox = new LessonsOutbox(root, host, TimeSpan.Zero);
            for (var step = 0; step < 12; step++)
            {
                if (random.Next(3) == 0)
                    outbox.Put($"ours-{step}", Lesson($"ours-{step}"));
                host.Step();
                try
                {
                    outbox.Sync(Some.Night);
                }
                catch (IOException busy)
                {
                    Assert.Contains("keeps changing", busy.Message, StringComparison.Ordinal);
                }
            }

            host.IsQuiet = true;
            outbox.Sync(Some.Night);
            breaks += host.Breaks;
            var ids = JsonNode.Parse(File.ReadAllText(host.Path))!["lessons"]!.AsArray().Select(lesson => lesson!["lesson_id"]!.ToString()).ToList();
            Assert.True(ids.Count == ids.Distinct().Count(), $"seed {seed}: doubled");
            Assert.True(outbox.All().Where(own => own.Id.StartsWith("ours", StringComparison.Ordinal)).All(own => ids.Contains(own.Id)), $"seed {seed}: ours missing");
            Assert.True(host.MustBeThere.All(ids.Contains), $"seed {seed}: of the host's {string.Join(' ', host.MustBeThere.Except(ids))} are lost");
        }
        Assert.True(breaks > Interleavings, $"only {breaks} files were broken");
    }

    [Fact]
    public void What_the_host_knew_and_deleted_is_not_added_again_and_what_it_never_knew_is()
    {
        var host = new FakeHost(Path.Combine(_folder.Path, "lessons.json"), new Random(1)) { IsQuiet = true };
        var outbox = new LessonsOutbox(_folder.Path, host, TimeSpan.Zero);
        host.Add();
        outbox.Put("a", Lesson("a"));
        outbox.Put("b", Lesson("b"));
        outbox.Sync(Some.Night);
        host.Add(); // from its memory, without ours
        outbox.Sync(Some.Night);
        Assert.Equal(["host-0", "host-1", "a", "b"], host.Ids());
        host.Restart();
        host.Add();
        outbox.Sync(Some.Night);
        host.Delete("a");
        outbox.Sync(Some.Night);
        outbox.Sync(Some.Night);
        Assert.Equal(["host-0", "host-1", "b", "host-2"], host.Ids());
        Assert.Equal(OwnLessonState.Deleted, outbox.All().Single(own => own.Id == "a").State);
        outbox.Put("a", Lesson("a")); // as a rebuilt journal does
        outbox.Sync(Some.Night);
        Assert.DoesNotContain("a", host.Ids());

        outbox.Withdraw("b");
        outbox.Sync(Some.Night);
        host.Add(); // its memory still has it
        outbox.Sync(Some.Night);
        Assert.DoesNotContain("b", host.Ids());
    }

    [Fact]
    public void A_broken_file_is_left_alone_while_it_may_be_being_written_and_kept_beside_when_it_is_repaired()
    {
        var path = _folder.File("lessons.json", "{\"lessons\": [{\"lesson_id\": \"cut");
        var file = new HostLessonsFile(path, TimeProvider.System);
        var waiting = new LessonsOutbox(_folder.Path, file, TimeSpan.FromMinutes(1));
        waiting.Put("a", Lesson("a"));
        Assert.Throws<IOException>(() => waiting.Sync(Some.Night));
        Assert.EndsWith("cut", File.ReadAllText(path), StringComparison.Ordinal);

        new LessonsOutbox(_folder.Path, file, TimeSpan.Zero).Sync(Some.Night);
        Assert.Contains("żółć 🌙", JsonNode.Parse(File.ReadAllText(path))!["lessons"]![0]!["situation"]!.ToString(), StringComparison.Ordinal);
        Assert.EndsWith("cut", File.ReadAllText(Assert.Single(Directory.GetFiles(_folder.Path, "lessons.json.broken-*"))), StringComparison.Ordinal);
    }

    /// <summary>The host, and the file as we see it: between any two of our looks it may do something.</summary>
    private sealed class FakeHost(string path, Random random) : IHostLessonsFile
    {
        private readonly HostLessonsFile _file = new(path, TimeProvider.System);
        private readonly HashSet<string> _deleted = [];
        private List<JsonObject> _memory = [];
        private int _number;

        public string Path => path;

        public bool IsQuiet { get; set; }

        public int Breaks { get; private set; }

        /// <summary>Of the host's lessons those that we have seen whole, and that it has not deleted.</summary>
        public HashSet<string> MustBeThere { get; } = [];

        public HostFileLook Read()
        {
            if (!IsQuiet && random.Next(3) == 0)
                Step();
            var seen = _file.Read();
            if (seen.State == HostFileState.Whole)
                MustBeThere.UnionWith(seen.Lessons.Select(LessonSync.IdOf).Where(id => id.StartsWith("host", StringComparison.Ordinal) && !_deleted.Contains(id)));
            return seen;
        }

        public bool TryReplace(HostFileLook seen, IReadOnlyList<JsonObject> lessons, DateTimeOffset at)
        {
            if (!IsQuiet && random.Next(3) == 0)
                Step();
            return _file.TryReplace(seen, lessons, at);
        }

        public void Step()
        {
            switch (random.Next(7))
            {
                case 0 or 1:
                    Add();
                    break;
                case 2:
                    Restart();
                    break;
                case 3 when _memory.Count > 0: // it saves when something has changed: nothing, only when it was told to forget everything
                    Save();
                    break;
                case 6:
                    File.Delete(path); // too old for its retention, or so it thinks
                    break;
                case 4 when File.Exists(path):
                    // It dies while it writes.
                    var text = Encoding.UTF8.GetBytes(Text());
                    File.WriteAllBytes(path, text[..random.Next(text.Length)]);
                    Breaks++;
                    Restart();
                    break;
                case 5 when File.Exists(path):
                    var before = File.ReadAllText(path);
                    var bytes = File.ReadAllBytes(path);
                    for (var i = 0; i < 3 && bytes.Length > 0; i++)
                        bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                    File.WriteAllBytes(path, bytes);
                    if (_file.Read().State == HostFileState.Broken)
                        Breaks++;
                    else
                        File.WriteAllText(path, before); // another letter of a text is no broken file
                    break;
            }
        }

        public void Add()
        {
            _memory.Add(Lesson($"host-{_number++}"));
            Save();
        }

        public void Delete(string id)
        {
            _deleted.Add(id);
            _memory.RemoveAll(lesson => LessonSync.IdOf(lesson) == id);
            Save();
        }

        /// <summary>One record that it cannot read, and it remembers nothing.</summary>
        public void Restart() => _memory = _file.Read() is { State: HostFileState.Whole } seen ? [.. seen.Lessons] : [];

        public IEnumerable<string> Ids() => _file.Read().Lessons.Select(LessonSync.IdOf);

        private void Save() => File.WriteAllText(path, Text());

        private string Text() => new JsonObject { ["lessons"] = new JsonArray([.. _memory.Select(lesson => lesson.DeepClone())]), ["count"] = _memory.Count, ["last_updated"] = $"{random.Next()}" }.ToJsonString();
    }
}
