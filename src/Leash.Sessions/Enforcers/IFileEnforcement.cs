using Leash.Plan;
using Leash.Sessions.Init;
using Leash.Sessions.Native;

namespace Leash.Sessions.Enforcers;

/// <summary>One way to enforce the part of a plan that is about files, programs and processes.</summary>
internal interface IFileEnforcement : IDisposable
{
    /// <summary>How the command child is to be confined.</summary>
    /// <param name="init">What it runs in.</param>
    /// <param name="answersPeerNames">See <see cref="INetworkEnforcement.AnswersPeerNames"/>.</param>
    CommandFilter Filter(InitReport init, bool answersPeerNames);

    /// <summary>What of the session's own files has to be mounted for the command to see it.</summary>
    IEnumerable<BindMount> Binds(SessionConfig config, InitReport init) => [];

    /// <summary>From its return on every operation of the command is decided.</summary>
    /// <exception cref="SessionException">It cannot be; the command has not run.</exception>
    void Start(SessionConfig config, StoppedCommand command, INetworkEnforcement network, SessionServers servers);

    /// <summary>What begins from now on is decided by another plan. Cannot fail.</summary>
    void Exchange(PlanDecider decider);

    /// <summary>What governs, what does not, why. After <see cref="Start"/>.</summary>
    IEnumerable<ProtectionLine> Describe();
}

/// <summary>One way to enforce the part of a plan that is about endpoints.</summary>
internal interface INetworkEnforcement : IDisposable
{
    /// <summary>What the supervisor's socket handlers work with, where there is a supervisor.</summary>
    Leash.Enforcement.Sockets.SocketOptions Sockets(SessionServers servers);

    /// <summary>Whether sockets have another peer than they asked for, so that the supervisor says which.</summary>
    bool AnswersPeerNames(SessionConfig config) => false;

    /// <summary>From its return on every endpoint is decided.</summary>
    /// <exception cref="SessionException">It cannot be; the command has not run.</exception>
    void Start(SessionConfig config, StoppedCommand command, SessionServers servers);

    /// <summary>Exchanges the plan, also of files where the kernel decides on them (<see cref="PlanExchange.Apply"/>).</summary>
    /// <exception cref="SessionException">The plan before is in force.</exception>
    int Exchange(EnforcementPlan plan, PlanDecider decider, PlanGift give);

    /// <summary>What governs, what does not, why. After <see cref="Start"/>.</summary>
    IEnumerable<ProtectionLine> Describe();
}

/// <summary>What the command child takes on before its first instruction.</summary>
/// <param name="Code">The system call filter.</param>
/// <param name="Landlock">The floor under it.</param>
/// <param name="BrokeredSockets">Whether the supervisor has to make the session's sockets.</param>
internal sealed record CommandFilter(byte[] Code, LandlockFloor Landlock, bool BrokeredSockets = false);
