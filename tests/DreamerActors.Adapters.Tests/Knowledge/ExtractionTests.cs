using System.Text.Json;
using DreamerActors.Adapters.Knowledge;
using DreamerActors.Domain.Knowledge;

namespace DreamerActors.Adapters.Tests.Knowledge;

/// <summary>What is remembered of a source, read by Python itself.</summary>
public sealed class ExtractionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly PlainPython _python = new();

    public void Dispose() => _folder.Dispose();

    [SkippableFact]
    public async Task A_function_is_remembered_with_all_it_needs_and_nothing_else()
    {
        var code = await RememberAsync("""
            from __future__ import annotations
            import math
            import os
            from itertools import islice as cut

            __all__ = ["area"]
            SCALE = 2

            def _scaled(x): return x * SCALE

            def unrelated(): return os.getcwd()

            def area(r):
                '''Area of a circle.

                >>> area(0)
                0.0
                >>> list(cut([1, 2], 1))
                [1]
                '''
                return math.pi * _scaled(r)
            """);
        Assert.Equal("from __future__ import annotations\n\n\nimport math\n\n\nSCALE = 2", code.Source[..code.Source.IndexOf("\n\n\ndef _scaled", StringComparison.Ordinal)]);
        Assert.DoesNotContain("unrelated", code.Source, StringComparison.Ordinal);
        Assert.DoesNotContain("__all__", code.Source, StringComparison.Ordinal);
        Assert.Equal("from solution import area\n\n\ndef test_area():\n    assert area(0) == 0.0\n", code.TestCode);
        Assert.Equal(["`area(0)` gives `0.0`"], code.TestCases);
    }

    [SkippableFact]
    public async Task Examples_that_share_a_name_make_one_test_and_independent_ones_their_own()
    {
        var code = await RememberAsync("""
            def double(items):
                '''
                >>> it = double([1, 2])
                >>> next(it)
                2
                >>> next(it)
                4
                >>> list(double([]))
                []
                >>> double(3)
                Traceback (most recent call last):
                    ...
                TypeError: 'int' object is not iterable
                >>> for x in double([5]):
                ...     print(x)
                10
                >>> double([1])  # doctest: +ELLIPSIS
                <list_iterator object at 0x7f0000000000>
                '''
                return iter([2 * item for item in items])
            """);
        Assert.Equal(
            """
            import contextlib
            import io
            import unittest
            from solution import double


            def test_double_1():
                it = double([1, 2])
                assert next(it) == 2
                assert next(it) == 4


            def test_double_2():
                assert list(double([])) == []


            def test_double_3():
                with unittest.TestCase().assertRaises(TypeError):
                    double(3)


            def test_double_4():
                printed = io.StringIO()
                with contextlib.redirect_stdout(printed):
                    for x in double([5]):
                        print(x)
                assert printed.getvalue() == '10\n'

            """.ReplaceLineEndings("\n"),
            code.TestCode);
    }

    [SkippableFact]
    public async Task A_definition_of_a_sibling_module_is_pulled_in()
    {
        _folder.File("pkg/__init__.py", "from .a import f\n");
        _folder.File("pkg/b.py", "STEP = 3\ndef step(x):\n    return x + STEP\n");
        _folder.File("pkg/a.py", "from .b import step as advance\ndef f(x):\n    '''\n    >>> from pkg import f\n    >>> f(1)\n    4\n    '''\n    return advance(x)\n");
        var (graph, _) = await ReadAsync(Path.Combine(_folder.Path, "pkg"));

        var code = graph.Entities.Single(entity => entity.Id == "pkg.a.f").Remembered!;
        var solution = _folder.File("solution.py", code.Source);
        Assert.Equal("4\n", await PlainPython.RunAsync(["-c", $"import sys; sys.path.insert(0, {JsonSerializer.Serialize(Path.GetDirectoryName(solution))}); import solution; print(solution.f(1))"]));
    }

    [SkippableFact]
    public async Task What_needs_a_library_beyond_the_standard_one_stays_an_entity_without_code()
    {
        _folder.File("m.py", "import numpy\ndef f(x):\n    '''\n    >>> f(1)\n    1\n    '''\n    return numpy.abs(x)\n");
        var (graph, report) = await ReadAsync(_folder.Path);
        Assert.Null(graph.Entities.Single(entity => entity.Id == "m.f").Remembered);
        Assert.Contains(new KnowledgeRelation("m", "numpy", "IMPORTS"), graph.Relations);
        Assert.Contains(new KnowledgeRelation("m", "m.f", "CONTAINS"), graph.Relations);
        Assert.Equal(0, report.Remembered);
    }

    [SkippableFact]
    public async Task Broken_and_bottomless_sources_are_left_out_with_a_reason_and_take_no_other_file_along()
    {
        _folder.File("broken.py", "def f(:\n");
        _folder.File("deep.py", new string('(', 5000) + new string(')', 5000));
        _folder.File("long.py", new string('-', 100_000) + "1");
        _folder.File("whole.py", "def f():\n    '''\n    >>> f()\n    1\n    '''\n    return 1\n");
        var (graph, report) = await ReadAsync(_folder.Path);
        Assert.Equal(1, report.Remembered);
        Assert.Contains(graph.Entities, entity => entity.Id == "whole.f");
        Assert.Equal(["broken.py", "deep.py", "long.py"], report.Skipped.Select(line => Path.GetFileName(line.Split(": ")[0])).Order());
    }

    [SkippableFact]
    public async Task A_document_teaches_the_functions_of_its_code_blocks()
    {
        _folder.File("guide.md", "# Guide\n\n```python\ndef half(x):\n    return x / 2\n```\n\nUse it:\n\n```pycon\n>>> half(3)\n1.5\n```\n\n```python\nno python, this\n```\n");
        _folder.File("guide.rst", "Guide\n=====\n\nSome::\n\n    def third(x):\n        return x / 3\n\nThen:\n\n>>> third(6)\n2.0\n");
        var (graph, _) = await ReadAsync(_folder.Path);
        Assert.Equal("from solution import half\n\n\ndef test_half():\n    assert half(3) == 1.5\n", graph.Entities.Single(entity => entity.Name == "half").Remembered!.TestCode);
        Assert.NotNull(graph.Entities.Single(entity => entity.Name == "third").Remembered);
        Assert.Equal("Document", graph.Entities.Single(entity => entity.Id == "guide.md").EntityType);
    }

    [SkippableFact]
    public async Task Two_files_of_one_name_are_both_learnt()
    {
        foreach (var (folder, name) in new[] { ("a", "f"), ("b", "g") })
            _folder.File($"{folder}/same.py", $"def {name}():\n    '''\n    >>> {name}()\n    1\n    '''\n    return 1\n");
        var (_, report) = await ReadAsync(_folder.Path);
        Assert.Equal(2, report.Remembered);
        Assert.Equal(report.EntityIds.Count, report.EntityIds.Distinct().Count());
    }

    [SkippableFact]
    public async Task An_unchanged_source_is_not_read_again()
    {
        _folder.File("m.py", "def f():\n    '''\n    >>> f()\n    1\n    '''\n    return 1\n");
        var store = new KnowledgeStore(_python, _folder.Path, Path.Combine(_folder.Path, "data"), "/nowhere", TimeProvider.System);
        await store.IngestAsync([Path.Combine(_folder.Path, "m.py")], null, default);
        var report = await store.IngestAsync([Path.Combine(_folder.Path, "m.py")], null, default);
        Assert.Equal(1, _python.Calls);
        Assert.Equal(1, report.Remembered);
        Assert.Contains((await store.LoadAsync(default)).Entities, entity => entity.Id == "m.f" && entity.Remembered is not null);
    }

    private async Task<RememberedCode> RememberAsync(string source)
    {
        var (graph, _) = await ReadAsync(_folder.File("m.py", source));
        return Assert.Single(graph.Entities, entity => entity.Remembered is not null).Remembered!;
    }

    private Task<(KnowledgeGraph Graph, IngestReport Report)> ReadAsync(string path) => new Ingester(_python, "/nowhere").ReadAsync([path], null, default);
}
