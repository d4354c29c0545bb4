namespace DreamerActors.Actors.Wire;

/// <summary>Marks a message that may cross the network: it needs a manifest in <see cref="WireSerializer"/>.</summary>
internal interface IWireMessage;
