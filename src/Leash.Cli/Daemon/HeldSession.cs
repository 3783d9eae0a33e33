using System.Collections.Immutable;
using System.Text.Json;
using Leash.Audit;
using Leash.Interop;
using Leash.Policy;

namespace Leash.Cli.Daemon;

/// <summary>What the daemon has to know of a session to hold it. Kept in a file, so that another daemon can go on with it.</summary>
internal sealed record HeldSession
{
    public const int CurrentFormat = 1;

    /// <summary>Of this form; another one is not read.</summary>
    public int Format { get; init; } = CurrentFormat;

    public required string Id { get; init; }

    /// <summary>The leash process that runs the session.</summary>
    public required ProcessStart Owner { get; init; }

    /// <summary>The log.</summary>
    public required string Log { get; init; }

    /// <summary>The log's first line.</summary>
    public required SessionHeader Header { get; init; }

    /// <summary>The directory of the kernel programs' pins.</summary>
    public required string Pins { get; init; }

    public required ulong Cgroup { get; init; }

    public required string CgroupPath { get; init; }

    /// <summary>What policies are compiled with.</summary>
    public required SessionFacts Facts { get; init; }

    /// <summary>The policies in force, and behind them those that are about to be.</summary>
    public required ImmutableArray<PolicyGeneration> Policies { get; init; }

    /// <summary>Written beside and put in place, so that a reader sees all of the old or all of the new.</summary>
    public void Save(string path)
    {
        var beside = path + ".new";
        File.WriteAllBytes(beside, JsonSerializer.SerializeToUtf8Bytes(this, DaemonJson.Default.HeldSession));
        File.Move(beside, path, overwrite: true);
    }

    /// <summary>Null when the file does not hold a session of this form.</summary>
    public static HeldSession? TryLoad(string path)
    {
        try
        {
            var session = JsonSerializer.Deserialize(File.ReadAllBytes(path), DaemonJson.Default.HeldSession);
            return session is { Format: CurrentFormat } ? session : null;
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}

/// <summary>Policies under the number that the kernel knows their plan by.</summary>
internal sealed record PolicyGeneration(ulong Number, ImmutableArray<PolicyDocument> Documents);
