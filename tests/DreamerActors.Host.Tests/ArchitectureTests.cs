using System.Reflection;
using DreamerActors.Host.Tests.Running;
using NetArchTest.Rules;

namespace DreamerActors.Host.Tests;

public sealed class ArchitectureTests
{
    private const int LongestFile = 300;

    private static readonly Assembly Domain = Assembly.Load("DreamerActors.Domain");
    private static readonly Assembly Actors = Assembly.Load("DreamerActors.Actors");
    private static readonly Assembly Adapters = Assembly.Load("DreamerActors.Adapters");
    private static readonly Assembly Hosting = Assembly.Load("DreamerActors.Hosting");
    private static readonly Assembly Pages = Assembly.Load("DreamerActors.Pages");

    private static void KnowsNothingOf(Assembly floor, params string[] others)
    {
        var result = Types.InAssembly(floor).ShouldNot().HaveDependencyOnAny(others).GetResult();
        Assert.True(result.IsSuccessful, string.Join(", ", result.FailingTypeNames ?? []));
    }

    [Fact]
    public void The_domain_references_nothing_but_the_runtime() =>
        Assert.All(Domain.GetReferencedAssemblies(), reference => Assert.StartsWith("System.", reference.Name, StringComparison.Ordinal));

    [Fact]
    public void The_domain_does_no_input_or_output() => KnowsNothingOf(Domain, "System.IO.File", "System.IO.Directory", "System.Net", "System.Diagnostics.Process");

    [Fact]
    public void Actors_know_neither_adapters_nor_hosting() =>
        KnowsNothingOf(Actors, "DreamerActors.Adapters", "DreamerActors.Hosting", "DreamerActors.Host", "Docker", "System.IO.File", "System.Net.Http", "Microsoft.AspNetCore");

    [Fact]
    public void Adapters_know_neither_akka_nor_the_web() =>
        KnowsNothingOf(Adapters, "Akka", "DreamerActors.Actors", "DreamerActors.Hosting", "DreamerActors.Host", "Microsoft.AspNetCore");

    [Fact]
    public void Hosting_knows_neither_the_command_line_nor_endpoints() =>
        KnowsNothingOf(Hosting, "DreamerActors.Host.", "System.CommandLine", "Spectre", "Serilog", "Microsoft.AspNetCore");

    [Fact]
    public void Pages_know_neither_actors_nor_tables_nor_the_program_that_serves_them() =>
        KnowsNothingOf(Pages, "Akka", "DreamerActors.Actors", "DreamerActors.Host.", "Microsoft.Data.Sqlite", "Serilog", "System.CommandLine");

    [Fact]
    public void No_source_file_is_longer_than_a_person_reads_at_once()
    {
        var sources = Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "*", SearchOption.AllDirectories)
            .Where(file => file.EndsWith(".cs", StringComparison.Ordinal) || file.EndsWith(".py", StringComparison.Ordinal) || file.EndsWith(".razor", StringComparison.Ordinal))
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal));
        Assert.Empty(from file in sources let lines = File.ReadLines(file).Count() where lines > LongestFile select $"{Path.GetFileName(file)}: {lines} lines");
    }
}
