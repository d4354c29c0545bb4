using System.Diagnostics;
using Docker.DotNet;
using Docker.DotNet.Models;
using DreamerActors.Adapters.Guarding;
using DreamerActors.Adapters.Sandboxes;
using DreamerActors.Adapters.Tests.Guarding;
using DreamerActors.Domain.Guarding;

namespace DreamerActors.Adapters.Tests.Sandboxes;

/// <summary>Containers are bounded, labelled and removed as promised.</summary>
[Collection(nameof(DockerFixture))]
public sealed class DockerTests(DockerFixture fixture)
{
    private static readonly JailOrder Order = new("trial", "", "98e51873-session", CancellationToken.None);

    [SkippableFact]
    public async Task A_container_can_do_nothing_but_compute_within_bounds_and_tells_whose_it_is()
    {
        Needs.Docker();
        await using var jailer = (DockerJailer)fixture.NewJailer();
        await using var jail = await jailer.StartAsync(Order, CancellationToken.None);
        using var client = DockerFixture.Client();
        var told = await client.Containers.InspectContainerAsync(Assert.Single(await DockerFixture.ListAsync(client, jailer.Namespace)).ID);

        Assert.Equal($"/{jailer.Namespace}-1", told.Name);
        Assert.Equal([told.ID], jailer.Containers());
        Assert.Equal("98e51873-session", told.Config.Labels["dreamer.session"]);
        Assert.Equal(Owner.Current, Owner.Parse(told.Config.Labels["dreamer.owner"]));
        Assert.Equal("65534:65534", told.Config.User);
        var bounds = told.HostConfig;
        Assert.Equal("none", bounds.NetworkMode);
        Assert.True(bounds.ReadonlyRootfs);
        Assert.Equal(["ALL"], bounds.CapDrop);
        Assert.Empty(bounds.CapAdd ?? []);
        Assert.Equal(["no-new-privileges"], bounds.SecurityOpt);
        Assert.Empty(bounds.Binds ?? []);
        Assert.Empty(told.Mounts);
        Assert.False(bounds.Privileged);
        Assert.InRange(bounds.Memory, 1, 2L << 30);
        Assert.Equal(bounds.Memory, bounds.MemorySwap);
        Assert.InRange(bounds.PidsLimit!.Value, 1, 100);
        Assert.InRange(bounds.CPUQuota, 1, bounds.CPUPeriod);
        Assert.Equal(2, bounds.CPUShares);
        Assert.Contains("size=", Assert.Single(bounds.Tmpfs).Value, StringComparison.Ordinal);
        var status = await File.ReadAllLinesAsync($"/proc/{told.State.Pid}/status");
        Assert.Contains("Seccomp:\t2", status);
        Assert.Contains("NoNewPrivs:\t1", status);
        Assert.Contains("CapBnd:\t0000000000000000", status);
    }

    [SkippableFact]
    public async Task Containers_of_processes_that_are_gone_are_removed_and_no_others()
    {
        Needs.Docker();
        var prefix = DockerFixture.Prefix + "reap";
        using var living = Process.Start("sleep", "600");
        using var client = DockerFixture.Client();
        var here = Owner.Current;
        await CreateAsync(client, prefix + "-gone", (here with { Pid = living.Id, Start = 1 }).ToString());
        await CreateAsync(client, prefix + "-ours", here.ToString());
        await CreateAsync(client, prefix + "-living", (here with { Pid = living.Id, Start = HostProcesses.StartOf(living.Id)!.Value }).ToString());
        await CreateAsync(client, prefix + "-elsewhere", (here with { Place = "elsewhere", Start = 1 }).ToString());
        await CreateAsync(client, prefix + "-odd", "someone");
        try
        {
            await using var jailer = fixture.NewJailer();
            await jailer.RequireAsync(CancellationToken.None);

            var left = (await DockerFixture.ListAsync(client, prefix)).Select(container => container.Names[0][(prefix.Length + 1)..]).Order();
            Assert.Equal(["-elsewhere", "-living", "-odd"], left);
        }
        finally
        {
            living.Kill();
            foreach (var container in await DockerFixture.ListAsync(client, prefix))
                await client.Containers.RemoveContainerAsync(container.ID, new ContainerRemoveParameters { Force = true });
        }
    }

    [SkippableFact]
    public async Task An_ended_session_leaves_no_warm_container_and_the_next_one_names_its_own()
    {
        Needs.Docker();
        await using var jailer = (DockerJailer)fixture.NewJailer();
        await using var sandbox = GuardianFixture.Make(jailer, 2);
        using var client = DockerFixture.Client();
        foreach (var session in new[] { "first", "second" })
        {
            sandbox.BeginSession(session);
            await sandbox.CallAsync("findings", "inspect", "x = 1\n"u8.ToArray(), CancellationToken.None);
            Assert.All(await DockerFixture.ListAsync(client, jailer.Namespace), container =>
                Assert.True(container.Labels["dreamer.session"] == session || !DockerFixture.HasProcesses(container.ID)));
            await sandbox.EndSessionAsync();
            Assert.Equal(0, await fixture.AliveAsync(jailer));
        }
    }

    [SkippableFact]
    public async Task Libraries_of_the_image_can_be_used_by_solutions_and_tests()
    {
        Needs.Docker();
        const string Code = "import numpy as np\n\ndef mean(values):\n    return float(np.mean(np.array(values)))\n\ndef grid(n):\n    return np.arange(n * n).reshape(n, n)\n";
        const string Tests = """
            import numpy as np
            from solution import grid, mean

            def test_mean():
                assert mean([1, 2, 6]) == 3.0
                assert mean(np.array([0.5])) == 0.5

            def test_grid():
                assert grid(2).tolist() == [[0, 1], [2, 3]]
                assert grid(3).shape == (3, 3)
            """;
        var right = await fixture.JudgeAsync(Code, Tests);
        Assert.True(right.Outcome == VerdictOutcome.Pass, string.Join('\n', right.Reasons));
        Assert.Equal(VerdictKind.Tests, (await fixture.JudgeAsync(Code.Replace("n * n", "n + n", StringComparison.Ordinal), Tests)).Kind);
    }

    [SkippableFact]
    public async Task An_image_whose_Python_does_not_come_up_says_so_in_its_own_words()
    {
        Needs.Docker();
        var image = DockerFixture.Prefix + "broken:latest";
        using var client = DockerFixture.Client();
        var container = await client.Containers.CreateContainerAsync(new CreateContainerParameters { Image = Needs.Image, Cmd = ["true"] });
        try
        {
            await client.Images.CommitContainerChangesAsync(new CommitContainerChangesParameters
            {
                ContainerID = container.ID, RepositoryName = DockerFixture.Prefix + "broken", Tag = "latest", Config = new Config { Env = ["PYTHONHOME=/nowhere"] },
            });
            await using var sandbox = new Sandbox(
                new DockerJailer(new DockerOptions(image, DockerFixture.Prefix + "broken", 0, DockerFixture.Engine), GuardianFixture.Tight), GuardianFixture.Tight, 1, new HurriedTime());
            var verdict = await GuardianFixture.Over(sandbox).JudgeAsync(new Submission("def f(x):\n    return 2 * x\n", "", false), CancellationToken.None);
            Assert.Equal(VerdictOutcome.Error, verdict.Outcome);
            Assert.Contains("the sandbox does not start: Fatal Python error", Assert.Single(verdict.Reasons), StringComparison.Ordinal);
        }
        finally
        {
            await client.Containers.RemoveContainerAsync(container.ID, new ContainerRemoveParameters { Force = true });
            await client.Images.DeleteImageAsync(image, new ImageDeleteParameters { Force = true });
        }
    }

    private static Task CreateAsync(DockerClient client, string name, string owner) => client.Containers.CreateContainerAsync(new CreateContainerParameters
    {
        Name = name, Image = Needs.Image, Cmd = ["true"], Labels = new Dictionary<string, string> { [DockerContainer.OwnerLabel] = owner },
    });
}
