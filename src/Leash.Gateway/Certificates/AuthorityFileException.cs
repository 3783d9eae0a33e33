namespace Leash.Gateway.Certificates;

/// <summary>The file with the certificate authority is of no use.</summary>
public sealed class AuthorityFileException(string path, string problem, Exception? inner = null)
    : Exception($"the certificate authority in `{path}` cannot be used: {problem}", inner)
{
    /// <summary>The file.</summary>
    public string Path { get; } = path;
}
