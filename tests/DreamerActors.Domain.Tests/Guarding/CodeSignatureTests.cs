using DreamerActors.Domain.Guarding;

namespace DreamerActors.Domain.Tests.Guarding;

/// <summary>A near-duplicate is found whatever its names and layout; what merely has the same shape is not one.</summary>
public sealed class CodeSignatureTests
{
    private const string Mean = """
        import math

        def mean(values):
            '''The mean of some values.'''
            if not values:
                raise ValueError("no values")
            total = math.fsum(values)  # exact
            return total / len(values)
        """;

    private const string Long = """
        def merged(intervals):
            result = []
            for start, end in sorted(intervals):
                if start > end:
                    raise ValueError(f"{start} > {end}")
                if result and start <= result[-1][1]:
                    result[-1] = (result[-1][0], max(result[-1][1], end))
                else:
                    result.append((start, end))
            total = sum(end - start for start, end in result)
            longest = max((end - start for start, end in result), default=0)
            return {"intervals": result, "total": total, "longest": longest}
        """;

    private static readonly string WithOneMore = Long.Replace("    total =", "    result.reverse()\n    total =", StringComparison.Ordinal);

    private static double Likeness(string one, string other) => CodeSignature.Of(one).Likeness(CodeSignature.Of(other));

    [Fact]
    public void A_renamed_copy_without_comments_and_docstring_is_the_same()
    {
        const string renamed = """
            import math
            def average(numbers):
                if not numbers:
                    raise ValueError("no values")

                s = math.fsum(
                    numbers)
                return s / len(numbers)
            """;
        Assert.Equal(1, Likeness(Mean, renamed));
    }

    [Fact]
    public void A_renamed_class_with_its_methods_and_fields_is_the_same()
    {
        const string stack = "class Stack:\n    def __init__(self):\n        self.items = []\n    def push(self, item):\n        self.items.append(item)\n        return self\n";
        const string pile = "class Pile:\n    def __init__(self):\n        self.things = []\n    def put(self, thing):\n        self.things.append(thing)\n        return self\n";
        Assert.Equal(1, Likeness(stack, pile));
    }

    [Fact]
    public void A_longer_program_with_one_more_line_is_still_near() => Assert.InRange(Likeness(Long, WithOneMore), CodeSignature.Threshold, 0.99);

    [Theory]
    [InlineData("def f(text):\n    return text.upper()\n", "def f(text):\n    return text.lower()\n")]
    [InlineData("import math\ndef f(x):\n    return math.sin(x)\n", "import math\ndef f(x):\n    return math.cos(x)\n")]
    [InlineData("def f(x):\n    return sum(x)\n", "def f(x):\n    return max(x)\n")]
    [InlineData("def f(x):\n    return x + 1\n", "def f(x):\n    return x - 1\n")]
    [InlineData("def f(x):\n    return 'a'\n", "def f(x):\n    return 'b'\n")]
    [InlineData("def f():\n    '''one'''\n    return 1\n", "def f():\n    return '''one'''\n")]
    public void Programs_of_one_shape_that_do_something_else_are_not_near(string one, string other) =>
        Assert.True(Likeness(one, other) < CodeSignature.Threshold, $"{Likeness(one, other)}");

    [Fact]
    public void A_signature_survives_storage_and_never_changes_between_versions()
    {
        var signature = CodeSignature.Of(Mean);
        Assert.Equal(signature, CodeSignature.Read(signature.ToBytes()));
        Assert.Equal("a31fff089debba04", Convert.ToHexStringLower(signature.ToBytes())[..16]);
        Assert.Throws<FormatException>(() => CodeSignature.Read(new byte[3]));
    }

    [Fact]
    public void Near_programs_share_a_band_and_strangers_do_not()
    {
        var near = CodeSignature.Of(WithOneMore);
        Assert.NotEmpty(CodeSignature.Of(Long).Bands().Intersect(near.Bands()));
        Assert.Empty(CodeSignature.Of(Long).Bands().Intersect(CodeSignature.Of("class A:\n    x = [1, 2, 3]\n    def go(self):\n        yield from self.x\n").Bands()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\"\"\"")]
    [InlineData("'unclosed")]
    [InlineData("\\\r\n\0\u202e def")]
    public void Text_that_is_no_program_has_a_signature_too(string text) => Assert.Equal(1, Likeness(text, text));

    [Fact]
    public void Hostile_text_takes_time_that_grows_with_its_length_only() =>
        Assert.Equal(1, Likeness(string.Concat(Enumerable.Repeat("\"\"\"\"", 50_000)), string.Concat(Enumerable.Repeat("\"\"\"\"", 50_000))));
}
