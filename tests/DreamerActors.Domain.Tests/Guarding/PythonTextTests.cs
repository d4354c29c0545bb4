using CsCheck;
using DreamerActors.Domain.Guarding;

namespace DreamerActors.Domain.Tests.Guarding;

public sealed class PythonTextTests
{
    private static string Joined(string code) => string.Join('\n', PythonText.Lines(code).Select(line => string.Concat(line.Select(run => run.Text))));

    [Fact]
    public void Runs_tell_a_reader_what_stands_where()
    {
        var lines = PythonText.Lines("def f(x):  # why\n    \"\"\"Two\n    lines.\"\"\"\n    return len(x) + o.len + 1.5\n");
        Assert.Equal(
            [(RunKind.Keyword, "def"), (RunKind.Plain, " "), (RunKind.Definition, "f"), (RunKind.Plain, "(x):  "), (RunKind.Comment, "# why")],
            lines[0].Select(run => (run.Kind, run.Text)));
        Assert.Equal([RunKind.Text], lines[2].Select(run => run.Kind));
        Assert.Equal(["return", "len", "1.5"], lines[3].Where(run => run.Kind != RunKind.Plain).Select(run => run.Text));
    }

    [Fact]
    public void Put_together_they_are_the_source_whatever_it_is()
    {
        Gen.String[Gen.OneOf(Gen.Char, Gen.Char["\n\"'#\\ def123.()"]), 0, 200].Sample(code =>
            Assert.Equal(code.ReplaceLineEndings("\n").TrimEnd('\n'), Joined(code)));
    }
}
