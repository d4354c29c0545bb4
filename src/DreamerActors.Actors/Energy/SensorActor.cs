using Akka.Actor;
using Akka.Event;
using DreamerActors.Domain.Energy;

namespace DreamerActors.Actors.Energy;

/// <summary>Reads load and activity when asked. Sensors and sources of a host may be slow or hang: here they hold up nobody else.</summary>
/// <remarks>
/// A child of the <see cref="EnergyActor"/> on a thread of its own. A load sensor that throws restarts it, which loses nothing; a source that throws cannot tell.
/// One that never returns silences it, and the energy actor then takes everything as unknown.
/// </remarks>
internal sealed class SensorActor : ReceiveActor
{
    private readonly HashSet<string> _broken = [];
    private readonly ILoggingAdapter _log = Context.GetLogger();

    public SensorActor(ILoadSensor load, Func<IReadOnlyList<IActivitySource>> sources)
    {
        Receive<EnergyProtocol.Look>(_ => Sender.Tell(new EnergyProtocol.Sample(load.Read(), [.. sources().Select(Ask)])));
    }

    public static Props Props(ILoadSensor load, Func<IReadOnlyList<IActivitySource>> sources) =>
        Akka.Actor.Props.Create(() => new SensorActor(load, sources)).WithDispatcher("dreamer.pinned");

    private Sighting Ask(IActivitySource source)
    {
        try
        {
            return new Sighting(source.Name, source.LastActivity());
        }
#pragma warning disable CA1031 // Sources are the host's code: one that fails cannot tell, and is named once in the log.
        catch (Exception error)
        {
            if (_broken.Add(source.Name)) _log.Warning(error, "The activity source {0} failed and cannot tell", source.Name);
            return new Sighting(source.Name, null);
        }
#pragma warning restore CA1031
    }
}
