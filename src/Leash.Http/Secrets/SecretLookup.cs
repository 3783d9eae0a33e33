namespace Leash.Http.Secrets;

/// <summary>Why a source does not give a secret.</summary>
public enum SecretProblem
{
    None,

    /// <summary>The source does not have it.</summary>
    NotFound,

    /// <summary>It is there, and empty.</summary>
    Empty,

    /// <summary>It has characters that a header cannot have.</summary>
    NotSendable,

    /// <summary>Others may read the file.</summary>
    FileIsOpen,

    /// <summary>The file cannot be read, or has a line that is none of <c>NAME=value</c>.</summary>
    FileIsBroken,

    /// <summary>The command cannot be started, has failed, or has not ended in time.</summary>
    CommandFailed,
}

/// <summary>What came of asking for a secret. What is said about it names the secret and where it was looked for, never the value.</summary>
/// <param name="Secret">Null when there is a problem.</param>
/// <param name="Problem">Why there is none.</param>
/// <param name="Source">Where it was looked for.</param>
/// <param name="Name">What it is called.</param>
public readonly record struct SecretLookup(Secret? Secret, SecretProblem Problem, string Source, string Name)
{
    /// <summary>One lower-case line without a period.</summary>
    public string Describe() => Problem switch
    {
        SecretProblem.None => $"secret `{Name}` is in {Source}",
        SecretProblem.NotFound => $"secret `{Name}` is not in {Source}",
        SecretProblem.Empty => $"secret `{Name}` is empty in {Source}",
        SecretProblem.NotSendable => $"secret `{Name}` of {Source} has characters that a header cannot have",
        SecretProblem.FileIsOpen => $"secret `{Name}` is not read from {Source}: others may read the file (make its mode 0600)",
        SecretProblem.FileIsBroken => $"secret `{Name}` is not read from {Source}: it cannot be read, or has a line that is not `NAME=value`",
        SecretProblem.CommandFailed => $"secret `{Name}` is not given by {Source}, which failed",
    };

    /// <summary>A value that was found, without the line's end that files and commands put behind it.</summary>
    internal static SecretLookup Of(string value, string source, string name)
    {
        value = value.TrimEnd('\r', '\n');
        var problem = value.Length == 0 ? SecretProblem.Empty : Canonical.FieldText.IsValue(value) ? SecretProblem.None : SecretProblem.NotSendable;
        return new SecretLookup(problem == SecretProblem.None ? new Secret(name, value) : null, problem, source, name);
    }

    internal static SecretLookup Failed(SecretProblem problem, string source, string name) => new(null, problem, source, name);
}
