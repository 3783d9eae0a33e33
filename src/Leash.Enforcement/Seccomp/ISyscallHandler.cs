namespace Leash.Enforcement.Seccomp;

/// <summary>
/// Answers one kind of notified system call. A handler is shared by all workers, so it keeps no state of a call; it must reply
/// exactly once through the context. What it forgets or throws is answered with a denial.
/// </summary>
internal interface ISyscallHandler
{
    void Handle(SyscallContext context);
}
