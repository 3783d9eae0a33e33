using System.Diagnostics;
using Leash.Attacks.Tests;

[assembly: AssemblyFixture(typeof(Leash.TestHarness.KeptPrograms))]

namespace Leash.TestHarness;

/// <summary>
/// A session that runs from the first test to the last where rows share sessions under programs in the kernel: these are kept for half a minute
/// behind the last session, and a slow machine, on which that is soon over, needs minutes to verify them again.
/// </summary>
public sealed class KeptPrograms : IDisposable
{
    private const int Seconds = 600;
    private readonly Process? _session;

    public KeptPrograms()
    {
        if (!Enforcer.IsInKernel || !Enforcer.IsBatch)
        {
            return;
        }

        Arena arena = new();
        var policy = Path.Join(arena.Top, "policy.cedar");
        File.WriteAllText(policy, Arena.Everything);
        ProcessStartInfo start = new(Product.Leash)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = arena.Work,
        };
        foreach (var word in new[] { "--quiet", "--enforcer", Enforcer.Name, "--policy", policy, "--", "/bin/sh", "-c", "echo ready; exec cat" })
        {
            start.ArgumentList.Add(word);
        }

        start.Environment["HOME"] = Path.Join(arena.Top, "home");
        start.Environment["XDG_STATE_HOME"] = arena.State;
        _session = Process.Start(start)!;
        var ready = _session.StandardOutput.ReadLineAsync();
        var errors = _session.StandardError.ReadToEndAsync();
        if (!ready.Wait(TimeSpan.FromSeconds(Seconds)) || ready.Result != "ready")
        {
            _session.Kill();
            throw new InvalidOperationException($"no session under {Enforcer.Name} starts within {Seconds} s: {errors.Result}");
        }
    }

    public void Dispose()
    {
        EndSession();

        // xunit fails a process that goes on for ten seconds after its tests.
        Scratch.Remove();
    }

    private void EndSession()
    {
        if (_session is null)
        {
            return;
        }

        // Its command reads to the end.
        _session.StandardInput.Close();
        if (!_session.WaitForExit(Seconds * 1000) || _session.ExitCode != 0)
        {
            throw new InvalidOperationException("the session that kept the programs did not end as its command did");
        }

        _session.Dispose();
    }
}
