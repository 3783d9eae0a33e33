using System.Diagnostics;

namespace Leash.Http.Secrets;

/// <summary>A value that must not be seen: everything that prints it prints its name. There is one way to the value, which is easy to search for.</summary>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class Secret
{
    private readonly string _value;

    /// <param name="name">What policies call it.</param>
    /// <param name="value">Not empty.</param>
    public Secret(string name, string value)
    {
        ArgumentException.ThrowIfNullOrEmpty(value);
        Name = name;
        _value = value;
    }

    public string Name { get; }

    /// <summary>The value, for the connection that it is sent over and nothing else.</summary>
    public string Reveal() => _value;

    public override string ToString() => $"[secret {Name}]";
}
