using DreamerActors.Adapters.Sandboxes;
using DreamerActors.Domain.Sandboxes;

namespace DreamerActors.Adapters.Tests.Sandboxes;

public sealed class DeliveryTests
{
    private static readonly JailOrder Order = new("trial", "", "none", CancellationToken.None);

    [SkippableFact]
    public async Task The_first_jail_compiles_for_all_and_what_an_interpreter_cannot_use_is_forgotten()
    {
        Needs.Sandbox();
        await using var jailer = new BubblewrapJailer(new BubblewrapOptions(Priority: 0));
        var delivery = new Delivery();
        Assert.Equal('M', delivery.Frame.Kind);

        await using var first = await Jail.StartAsync(jailer, delivery, Order, CancellationToken.None);
        var (kind, compiled) = delivery.Frame;
        Assert.Equal('P', kind);
        await using var second = await Jail.StartAsync(jailer, delivery, Order, CancellationToken.None);
        Assert.True(second.IsUsable);

        byte[] ofAnother = [0, 0, 0, 0, .. compiled.Span[4..]];
        delivery.Learn(ofAnother);
        await Assert.ThrowsAsync<SandboxUnavailableException>(() => Jail.StartAsync(jailer, delivery, Order, CancellationToken.None));
        Assert.Equal('M', delivery.Frame.Kind);
    }
}
