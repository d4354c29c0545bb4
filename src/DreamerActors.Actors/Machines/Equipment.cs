using Akka.Actor;

namespace DreamerActors.Actors.Machines;

/// <summary>What scenarios find on the machine where they are dreamt, wherever their session is.</summary>
/// <param name="Coder">Weaves and codes.</param>
/// <param name="Guardian">Judges.</param>
/// <param name="Machine">Lets them in.</param>
/// <param name="Repairs">How often a coder may repair a refused attempt, 0 … 3.</param>
/// <param name="Time">The clock.</param>
internal sealed record Equipment(IActorRef Coder, IActorRef Guardian, IActorRef Machine, int Repairs, TimeProvider Time) : IExtension
{
    /// <summary>The equipment of an actor's machine.</summary>
    public static Equipment Of(ActorSystem system) => system.GetExtension<Equipment>();

    /// <summary>From now on this is the equipment of this machine.</summary>
    public void Install(ActorSystem system) => system.RegisterExtension(new Kind(this));

    private sealed class Kind(Equipment equipment) : ExtensionIdProvider<Equipment>
    {
        public override Equipment CreateExtension(ExtendedActorSystem system) => equipment;
    }
}
