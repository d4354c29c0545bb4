using System.Globalization;
using DreamerActors.Adapters.Sandboxes;
using DreamerActors.Tests;

namespace DreamerActors.Adapters.Tests.Sandboxes;

/// <summary>What a jail costs whoever waits for its end: processes, and the pages of each.</summary>
public sealed class PagesTests
{
    private const string Begin = """
        import os
        from guard import pages
        pages.lay_out()
        used = [bytes(300) for _ in range(20_000)]
        def large():
            with open("/proc/self/smaps_rollup") as lines:
                return sum(int(line.split()[1]) for line in lines if line.startswith("AnonHugePages:")) // 2048
        def forked(tell):
            told, telling = os.pipe()
            pid = os.fork()
            if pid == 0:
                os.write(telling, str(tell()).encode())
                os._exit(0)
            os.waitpid(pid, 0)
            return os.read(told, 100).decode()

        """;

    [SkippableFact]
    public async Task A_jail_that_waits_is_two_processes_whose_memory_lies_close_together()
    {
        Needs.Sandbox();
        await using var jailer = new BubblewrapJailer(new BubblewrapOptions(Priority: 0));
        await using var jail = await Jail.StartAsync(jailer, new Delivery(), new JailOrder("trial", "", "none", CancellationToken.None), CancellationToken.None);
        var outer = Assert.Single(jailer.Processes());
        var zygote = Assert.Single(Outside.Descendants(outer));
        Skip.IfNot(Environment.IsPrivilegedProcess, "only root may see how another process lies in memory");
        Assert.Equal(Compact(), Personality(zygote.ToString(CultureInfo.InvariantCulture)));
        Assert.NotEqual(Compact(), Personality("thread-self"));
    }

    [SkippableFact]
    public async Task A_fork_has_large_pages_of_its_own_where_that_pays_and_its_forks_have_what_they_always_had()
    {
        const string Told = "pages._pays = lambda: True\npages.settle()\nprint(len(pages._windows), forked(large), forked(lambda: forked(lambda: len(pages._windows))))";
        var told = await NumbersAsync(Told);
        // The heap of large objects, and six megabytes of small ones.
        Assert.InRange(told[0], 3, 8);
        Assert.True(told[1] >= told[0], $"{told[1]} large pages for {told[0]} windows");
        Assert.Equal(0, told[2]);
    }

    /// <summary>Times of the processor: before the small pages, between, after the large one.</summary>
    [Theory]
    [InlineData("0, 100, 140", "True")]
    [InlineData("0, 100, 160", "False")]
    [InlineData("0, 100, 300", "False")]
    public async Task Large_pages_pay_where_they_take_less_than_half_the_time(string clock, string pays) =>
        Assert.Equal(pays, (await PlainPython.RunScriptAsync(Begin + $"import types\npages.time = types.SimpleNamespace(thread_time=iter([{clock}]).__next__)\nprint(pages._pays())")).Trim());

    [SkippableFact]
    public async Task Where_it_does_not_pay_pages_stay_small() =>
        Assert.Equal("0", (await PlainPython.RunScriptAsync(Begin + "pages._pays = lambda: False\npages.settle()\nprint(len(pages._windows))")).Trim());

    [SkippableFact]
    public async Task The_code_of_the_interpreter_lies_in_large_pages_that_a_fork_has_at_once()
    {
        const string Told = "before, windows = large(), pages._text()\npages.share_text()\nprint(len(windows), large() - before, forked(large), len(pages._text()))";
        var told = await NumbersAsync(Told);
        Assert.InRange(told[0], 1, 8);
        Assert.Equal(told[0], told[1]);
        Assert.True(told[2] >= told[0], $"{told[2]} large pages in a fork, for {told[0]} windows");
        Assert.Equal(0, told[3]);
    }

    [Fact]
    public async Task Where_there_are_no_large_pages_the_code_stays_where_it_is()
    {
        const string Told = "pages._make_large = lambda window: False\nbefore = pages._text()\npages.share_text()\nprint(pages._text() == before != [])";
        Assert.Equal("True", (await PlainPython.RunScriptAsync(Begin + Told)).Trim());
    }

    /// <summary>What a script says of large pages.</summary>
    private static async Task<List<int>> NumbersAsync(string script)
    {
        Skip.IfNot(Directory.Exists("/sys/kernel/mm/transparent_hugepage"), "this kernel has no large pages");
        return [.. (await PlainPython.RunScriptAsync(Begin + script)).Split(' ').Select(word => int.Parse(word, CultureInfo.InvariantCulture))];
    }

    private static string Compact()
    {
        using var compact = AddressSpace.Compact();
        return Personality("thread-self");
    }

    private static string Personality(string process) => File.ReadAllText($"/proc/{process}/personality").Trim();
}
