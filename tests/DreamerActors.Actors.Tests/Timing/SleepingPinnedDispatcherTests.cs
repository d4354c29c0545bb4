using Akka.Actor;
using Akka.TestKit.Xunit2;

namespace DreamerActors.Actors.Tests.Timing;

public sealed class SleepingPinnedDispatcherTests() : TestKit("""pinned { type = "DreamerActors.Actors.Timing.SleepingPinnedDispatcher, DreamerActors.Actors" }""")
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Each_actor_has_a_thread_of_its_own_as_long_as_it_lives()
    {
        var (first, second) = (NewActor(), NewActor());
        var (mine, others) = (await ThreadOfAsync(first), await ThreadOfAsync(second));
        Assert.Same(mine, await ThreadOfAsync(first));
        Assert.NotSame(mine, others);
        Assert.Equal((false, "pinned"), (mine.IsThreadPoolThread, mine.Name));

        Sys.Stop(first);
        Assert.True(mine.Join(Patience));
        Assert.Same(others, await ThreadOfAsync(second));
    }

    [Fact]
    public async Task Who_throws_is_restarted_on_the_same_thread()
    {
        var actor = NewActor();
        var before = await ThreadOfAsync(actor);
        actor.Tell(new InvalidOperationException("broken"));
        Assert.Same(before, await ThreadOfAsync(actor));
    }

    private IActorRef NewActor() => Sys.ActorOf(Props.Create<ThreadTeller>().WithDispatcher("pinned"));

    private static Task<Thread> ThreadOfAsync(IActorRef actor) => actor.Ask<Thread>("whose", Patience);

    private sealed class ThreadTeller : ReceiveActor
    {
        public ThreadTeller()
        {
            Receive<string>(_ => Sender.Tell(Thread.CurrentThread));
            Receive<Exception>(broken => throw broken);
        }
    }
}
