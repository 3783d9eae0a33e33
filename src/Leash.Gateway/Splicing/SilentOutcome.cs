namespace Leash.Gateway.Splicing;

/// <summary>What came of a connection whose client said nothing at first.</summary>
internal enum SilentOutcome
{
    /// <summary>The destination spoke first, or could not be reached: the connection is over.</summary>
    Served,

    /// <summary>The client spoke after all; what it said is still unread.</summary>
    ClientSpoke,

    /// <summary>The policy does not let bytes through untouched, so the destination was not asked.</summary>
    MayNotAsk,
}
