namespace Leash.TestHarness;

/// <summary>The enforcer under test, by the environment variable LEASH_TEST_ENFORCER; <c>auto</c> when that is not set.</summary>
internal static class Enforcer
{
    public static string Name { get; } = Environment.GetEnvironmentVariable("LEASH_TEST_ENFORCER") is { Length: > 0 } name ? name : "auto";

    /// <summary>Whether files, programs and processes are decided by programs in the kernel.</summary>
    public static bool IsInKernel { get; } = Name is "bpf-lsm" or "bpf-modify-return";

    /// <summary>
    /// Whether rows share sessions (LEASH_TEST_BATCH): each row in a place of its own, under the same policy. For machines on which the
    /// start of a session takes seconds.
    /// </summary>
    public static bool IsBatch { get; } = Environment.GetEnvironmentVariable("LEASH_TEST_BATCH") is { Length: > 0 };
}
