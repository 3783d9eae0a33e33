namespace Leash.Sessions.Http;

/// <summary>The kinds of places that secrets come from.</summary>
internal enum SecretOriginKind
{
    /// <summary>A variable of leash's own environment.</summary>
    Environment,

    /// <summary>A line <c>NAME=value</c> of a file.</summary>
    File,

    /// <summary>What a command prints.</summary>
    Command,
}

/// <summary>Where a secret comes from; never the secret itself.</summary>
/// <param name="Name">What policies call it.</param>
/// <param name="Kind">The kind of place.</param>
/// <param name="Text">The variable, the absolute path, or the command.</param>
internal sealed record SecretOrigin(string Name, SecretOriginKind Kind, string Text);
