using Akka.Actor;
using DreamerActors.Actors.Dreaming;
using DreamerActors.Actors.Energy;
using DreamerActors.Actors.Journal;
using DreamerActors.Actors.Sessions;
using DreamerActors.Domain.Energy;
using DreamerActors.Domain.Sessions;

namespace DreamerActors.Hosting.Telemetry;

/// <summary>Where counting begins.</summary>
internal static class Measuring
{
    /// <summary>Whatever is published after this call is counted.</summary>
    public static void Start(ActorSystem system, Instruments instruments, TimeProvider time)
    {
        instruments.Dreams = DreamsHere.Of(system);
        var measuring = system.ActorOf(Props.Create(() => new MeasuringActor(instruments, time)), "measuring");
        foreach (var kind in new[]
        {
            typeof(JournalProtocol.EventsWritten), typeof(SessionProtocol.SessionEnded), typeof(EnergyProtocol.DreamingBegan), typeof(EnergyProtocol.DreamingEnded),
            typeof(EnergyProtocol.WakeUp), typeof(EnergyProtocol.WokenUp), typeof(EnergyState), typeof(WorkbenchProtocol.Load), typeof(WorkbenchProtocol.Worked),
        })
            system.EventStream.Subscribe(measuring, kind);
    }
}

/// <summary>Counts and measures what is published on the EventStream, and ends the spans of what has ended.</summary>
/// <remarks>Lives as long as its system. A restart loses the message that failed, and nothing that was counted.</remarks>
internal sealed class MeasuringActor : ReceiveActor
{
    private readonly Instruments _instruments;
    private readonly DreamsHere _dreams = DreamsHere.Of(Context.System);

    public MeasuringActor(Instruments instruments, TimeProvider time)
    {
        _instruments = instruments;
        Receive<JournalProtocol.EventsWritten>(written =>
        {
            foreach (var happened in written.Events) Count(happened);
        });
        // The end of any other is an event, and comes after those of its last dreams.
        Receive<SessionProtocol.SessionEnded>(ended => ended.Error is not null, ended => _dreams.End(ended.Session, "error"));
        Receive<EnergyProtocol.DreamingBegan>(_ => instruments.Dreaming(begins: true));
        Receive<EnergyProtocol.DreamingEnded>(_ => instruments.Dreaming(begins: false));
        Receive<EnergyProtocol.WakeUp>(_ => _dreams.Leave(time.GetUtcNow()));
        Receive<EnergyProtocol.WokenUp>(instruments.Woke);
        Receive<EnergyState>(instruments.Is);
        Receive<WorkbenchProtocol.Load>(instruments.Loaded);
        Receive<WorkbenchProtocol.Worked>(instruments.Worked);
    }

    protected override void PostStop() => Context.System.EventStream.Unsubscribe(Self);

    private void Count(ISessionEvent happened)
    {
        switch (happened)
        {
            case SessionStarted e:
                _instruments.Began(e.Order.Trigger);
                break;
            case SessionResumed:
                _instruments.Session("resumed");
                break;
            case SessionInterrupted e:
                _instruments.Interrupted(e.Reason);
                _dreams.End(e.Session, "interrupted");
                break;
            case SessionCompleted e:
                _instruments.Session("completed");
                _dreams.End(e.Session, "completed");
                break;
            case SessionQuarantined e:
                _instruments.Session("quarantined");
                _dreams.End(e.Session, "quarantined");
                break;
            // A dream is counted by the machine that dreamt it, however many hear of it.
            case DreamCompleted e when _dreams.End(e.Session, e.Scenario.Id, e.At, "kept"):
                _instruments.Kept(e.Verdict);
                break;
            case DreamRejected e when _dreams.End(e.Session, e.ScenarioId, e.At, "rejected"):
                _instruments.Rejected(e.Verdict);
                break;
            case DreamLost e when _dreams.End(e.Session, e.Scenario, e.At, "lost"):
                _instruments.Lost(e.Reason);
                break;
        }
    }
}
