using DreamerActors.Host.Terminal;

namespace DreamerActors.Host.Tests;

public sealed class SafeTextTests
{
    [Theory]
    [InlineData("\u001b[31mred", "\\u001b[31mred")]
    [InlineData("two\nlines\r", "two\\u000alines\\u000d")]
    [InlineData("c1 \u009b31m", "c1 \\u009b31m")]
    [InlineData("bidi \u202e.exe", "bidi \\u202e.exe")]
    [InlineData("zażółć 🌙", "zażółć 🌙")]
    public void Nothing_in_a_text_can_act_on_a_terminal_or_end_a_line(string hostile, string clean) => Assert.Equal(clean, SafeText.Clean(hostile));
}
