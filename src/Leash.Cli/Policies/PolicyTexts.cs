using System.Collections.Immutable;
using System.Text;
using Leash.Policy;

namespace Leash.Cli.Policies;

/// <summary>The policy texts of a session: the base layer, and the user's files or, without any, the standard layer.</summary>
internal static class PolicyTexts
{
    public const string FileVariable = "LEASH_POLICY_FILE";

    // A policy is read into memory whole; 100,000 statements are some 15 MB.
    private const long MaxLength = 256L << 20;

    /// <summary>Stands for standard input among files.</summary>
    public const string StandardInput = "-";

    private const string InputName = "<stdin>";

    private static readonly UTF8Encoding _strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The files to read: those given, or the one in the environment.</summary>
    public static ImmutableArray<string> FilesOf(ImmutableArray<string> given) =>
        given.IsEmpty && Environment.GetEnvironmentVariable(FileVariable) is { Length: > 0 } file ? [file] : given;

    /// <summary>All layers; a file that cannot be read is told by <paramref name="fail"/>, and the result is null then.</summary>
    public static ImmutableArray<PolicyDocument>? Load(ImmutableArray<string> files, Action<string, string?> fail)
    {
        var documents = ImmutableArray.CreateBuilder<PolicyDocument>();
        documents.Add(BuiltInPolicies.Base);
        if (files.IsEmpty)
        {
            documents.Add(BuiltInPolicies.Standard);
            return documents.ToImmutable();
        }

        var isComplete = true;
        foreach (var file in files)
        {
            if (Read(file, fail) is { } document)
            {
                documents.Add(document);
            }
            else
            {
                isComplete = false;
            }
        }

        return isComplete ? documents.ToImmutable() : null;
    }

    /// <summary>One file as a document of the user layer; null, and told, when it cannot be read.</summary>
    public static PolicyDocument? Read(string file, Action<string, string?> fail)
    {
        try
        {
            var isInput = file == StandardInput;
            if (ReadBytes(isInput ? "/dev/stdin" : file) is not { } bytes)
            {
                fail($"the policy file `{file}` is larger than {MaxLength >> 20} MiB", null);
                return null;
            }

            return new PolicyDocument(PolicyDocument.UserLayer, isInput ? InputName : file, _strict.GetString(bytes));
        }
        catch (DecoderFallbackException)
        {
            fail($"the policy file `{file}` is not UTF-8", "save it as UTF-8");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            fail($"there is no policy file `{file}`", $"`--policy` and {FileVariable} take the path of a Cedar file");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            fail($"cannot read the policy file `{file}`: {e.Message}", null);
        }

        return null;
    }

    /// <summary>The whole of a file or pipe; null when it is larger than it may be.</summary>
    private static byte[]? ReadBytes(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var bytes = new MemoryStream();
        var chunk = new byte[64 * 1024];
        while (stream.Read(chunk) is > 0 and var count)
        {
            bytes.Write(chunk, 0, count);
            if (bytes.Length > MaxLength)
            {
                return null;
            }
        }

        return bytes.ToArray();
    }
}
