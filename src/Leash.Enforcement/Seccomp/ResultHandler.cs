namespace Leash.Enforcement.Seccomp;

/// <summary>A handler whose call has a number as its only result: a value, or minus an errno.</summary>
internal sealed class ResultHandler(Func<SyscallContext, long> perform) : ISyscallHandler
{
    public void Handle(SyscallContext context) => context.ReplyResult(perform(context));
}
