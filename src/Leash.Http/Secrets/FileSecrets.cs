namespace Leash.Http.Secrets;

/// <summary>
/// Secrets in a file of lines <c>NAME=value</c>; empty lines and lines that begin with <c>#</c> are nothing. Read at each lookup, and only when nobody
/// but its owner may: the mode is that of the very file that is read.
/// </summary>
/// <param name="path">The file.</param>
public sealed class FileSecrets(string path) : ISecretSource
{
    private const int MaxLength = 1024 * 1024;

    private const UnixFileMode ForOthers =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    private readonly string _source = $"the file {path}";

    public SecretLookup Find(string name)
    {
        if (Read(out var problem) is not { } text)
        {
            return SecretLookup.Failed(problem, _source, name);
        }

        SecretLookup? found = null;
        foreach (var line in text.Split('\n'))
        {
            var trimmed = line.TrimEnd('\r');
            var equals = trimmed.IndexOf('=', StringComparison.Ordinal);
            if (trimmed.Length == 0 || trimmed[0] == '#')
            {
                continue;
            }

            // A name given twice would be one of two values.
            if (equals < 0 || (found is not null && trimmed[..equals] == name))
            {
                return SecretLookup.Failed(SecretProblem.FileIsBroken, _source, name);
            }

            if (trimmed[..equals] == name)
            {
                found = SecretLookup.Of(trimmed[(equals + 1)..], _source, name);
            }
        }

        return found ?? SecretLookup.Failed(SecretProblem.NotFound, _source, name);
    }

    private string? Read(out SecretProblem problem)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read);
            if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(stream.SafeFileHandle) & ForOthers) != UnixFileMode.None)
            {
                problem = SecretProblem.FileIsOpen;
                return null;
            }

            problem = stream.Length > MaxLength ? SecretProblem.FileIsBroken : SecretProblem.None;
            using var reader = new StreamReader(stream);
            return problem == SecretProblem.None ? reader.ReadToEnd() : null;
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            problem = SecretProblem.NotFound;
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            problem = SecretProblem.FileIsBroken;
            return null;
        }
    }
}
