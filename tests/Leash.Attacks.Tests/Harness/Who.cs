namespace Leash.TestHarness;

/// <summary>Who runs a session.</summary>
public enum Who
{
    /// <summary>Whoever runs the tests.</summary>
    Self,

    /// <summary>An ordinary user, when the tests run as root.</summary>
    User,
}
