namespace Leash.Sessions.Init;

/// <summary>What leash-init reached before it waits for its configuration.</summary>
/// <param name="Pid">Its pid, as seen from here.</param>
/// <param name="Rung">The rung that holds.</param>
/// <param name="RootRung">Where and why the root rung failed, if it was tried.</param>
/// <param name="UserRung">Where and why the user rung failed, if it was tried.</param>
/// <param name="LandlockAbi">0 when the kernel has none.</param>
internal sealed record InitReport(int Pid, IsolationRung Rung, RungAttempt RootRung, RungAttempt UserRung, int LandlockAbi)
{
    public static InitReport From(in InitMessage message, int pid) => new(
        pid,
        (IsolationRung)message.Values[0],
        new RungAttempt((InitStep)message.Values[1], message.Values[2]),
        new RungAttempt((InitStep)message.Values[3], message.Values[4]),
        message.Values[5]);
}

/// <summary>The outcome of one rung: <see cref="InitStep.None"/> when it held or was not needed.</summary>
internal readonly record struct RungAttempt(InitStep Step, int Errno);
