using DreamerActors.Adapters.Knowledge;
using DreamerActors.Domain.Knowledge;
using Microsoft.Extensions.Time.Testing;

namespace DreamerActors.Adapters.Tests.Knowledge;

public sealed class KnowledgeStoreTests : IDisposable
{
    private readonly TemporaryFolder _host = new();
    private readonly TemporaryFolder _data = new();
    private readonly FakeTimeProvider _time = new() { AutoAdvanceAmount = TimeSpan.FromSeconds(1) };

    public void Dispose()
    {
        _host.Dispose();
        _data.Dispose();
    }

    private KnowledgeStore Store(TimeProvider? time = null) => new(new PlainPython(), _host.Path, _data.Path, "/nowhere", time ?? TimeProvider.System);

    [Theory]
    [InlineData("edges")]
    [InlineData("links")]
    public async Task Both_spellings_of_networkx_and_ids_of_any_type_are_read(string key)
    {
        _host.File("knowledge_graph.json", $$"""
            {"directed": true, "multigraph": false, "graph": {}, "nodes": [
              {"id": 1991, "entity_type": "Library", "weight": NaN, "odd": [-Infinity]},
              {"id": ["a", 1], "type": "function", "name": "NaN, a word", "text": "x"},
              {"name": "no id"}],
             "{{key}}": [{"source": 1991, "target": ["a", 1], "type": "CALLS", "w": Infinity}]}
            """);
        var graph = await Store().LoadAsync(default);
        Assert.Equal(["1991", """["a", 1]"""], graph.Entities.Select(entity => entity.Id));
        Assert.Equal(["1991", "NaN, a word"], graph.Entities.Select(entity => entity.Name));
        Assert.Equal(new KnowledgeRelation("1991", """["a", 1]""", "CALLS"), Assert.Single(graph.Relations));
    }

    [Fact]
    public async Task The_host_s_two_graphs_are_merged()
    {
        _host.File("knowledge_graph.json", """{"nodes": [{"id": "a", "entity_type": "Concept"}], "edges": []}""");
        _host.File("code_graph.json", """{"nodes": [{"id": "b", "type": "function"}], "edges": []}""");
        Assert.Equal(["a", "b"], (await Store().LoadAsync(default)).Entities.Select(entity => entity.Id));
    }

    [Fact]
    public async Task A_half_written_graph_is_replaced_by_its_last_good_copy_even_in_a_new_process()
    {
        var path = _host.File("knowledge_graph.json", """{"nodes": [{"id": "a"}], "edges": []}""");
        await Store().LoadAsync(default);
        await File.WriteAllTextAsync(path, """{"nodes": [{"id": "a"}, {"id":""");

        var loading = Store(_time).LoadAsync(default);
        while (!loading.IsCompleted)
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }

        Assert.Equal("a", Assert.Single((await loading).Entities).Id);
    }

    [Fact]
    public async Task A_broken_graph_without_a_good_copy_is_one_clear_error()
    {
        var path = _host.File("knowledge_graph.json", "[]");
        var error = await Assert.ThrowsAsync<KnowledgeException>(() => Store().LoadAsync(default));
        Assert.StartsWith(path + ": ", error.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Our_graph_is_read_by_an_independent_reader_with_edges_and_links()
    {
        var source = _host.File("m.py", "def f():\n    '''żółć\n\n    >>> f()\n    1\n    '''\n    return 1\n");
        await Store().IngestAsync([source], null, default);
        var told = await PlainPython.RunAsync(["-c", """
            import json, sys
            graph = json.load(open(sys.argv[1], encoding="utf-8"))
            assert graph["edges"] == graph["links"] and graph["directed"] is True and graph["multigraph"] is False
            print([node["id"] for node in graph["nodes"]], [(edge["source"], edge["target"]) for edge in graph["edges"]])
            """, Path.Combine(_data.Path, "knowledge_graph.json")]);
        Assert.Equal("['m', 'm.f'] [('m', 'm.f')]\n", told);
    }

    [Fact]
    public async Task Every_bad_path_is_one_sentence_that_names_it()
    {
        var large = Path.Combine(_host.Path, "large.py");
        using (var file = File.Create(large))
            file.SetLength(100L << 20);
        var binary = Path.Combine(_host.Path, "binary.py");
        await File.WriteAllBytesAsync(binary, [0xff, 0xfe, 0x80]);
        var empty = Directory.CreateDirectory(Path.Combine(_host.Path, "empty")).FullName;
        var missing = Path.Combine(_host.Path, "missing");
        var other = _host.File("picture.png", "");

        foreach (var (path, reason) in new[]
        {
            (large, "100 MB is more than the 2 MB"), (binary, "not UTF-8"), (empty, "no Python source"), (missing, "no such file or folder"), (other, "only Python sources"),
        })
        {
            var error = await Assert.ThrowsAsync<KnowledgeException>(() => Store().IngestAsync([path], null, default));
            Assert.StartsWith(path + ": ", error.Message, StringComparison.Ordinal);
            Assert.Contains(reason, error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', error.Message);
        }
    }

    [SkippableFact]
    public async Task Links_out_of_a_folder_are_not_followed()
    {
        using var outside = new TemporaryFolder();
        outside.File("secret.py", "x = 1\n");
        _host.File("in/m.py", "x = 1\n");
        Directory.CreateSymbolicLink(Path.Combine(_host.Path, "in", "out"), outside.Path);
        File.CreateSymbolicLink(Path.Combine(_host.Path, "in", "out.py"), Path.Combine(outside.Path, "secret.py"));
        var report = await Store().IngestAsync([Path.Combine(_host.Path, "in")], null, default);
        Assert.Equal(["m"], report.EntityIds);
    }

    [SkippableTheory]
    [InlineData("pkg-1.2.dist-info/METADATA", "pkg")]
    [InlineData("Pkg-1.2.egg-info/PKG-INFO", "Pkg")]
    [InlineData("pkg-1.2.egg-info", "pkg")]
    [InlineData("other-1.2.egg-info/PKG-INFO", "other")]
    public async Task The_package_beside_a_source_is_its_provenance(string file, string name)
    {
        _host.File("site/pkg/__init__.py", "");
        _host.File($"site/{file}", $"Metadata-Version: 2.1\nName: {name}\nVersion: 1.2\nClassifier: License :: OSI Approved :: MIT License\n\nName: not this\n");
        if (name == "other")
            _host.File("site/other-1.2.egg-info/top_level.txt", "another\npkg\n");
        await Store().IngestAsync([Path.Combine(_host.Path, "site", "pkg")], null, default);
        var provenance = (await Store().LoadAsync(default)).Entities[0].Provenance;
        Assert.Equal((name, "1.2", "MIT License"), (provenance.Package, provenance.Version, provenance.Licence));
    }
}
