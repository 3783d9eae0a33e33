using Leash.Enforcement.Seccomp;
using Leash.Interop;

namespace Leash.Enforcement.Sockets;

/// <summary>A handler whose calls on the session's sockets programs in the kernel decide on, too.</summary>
internal sealed class DelegatedHandler(ISyscallHandler inner, ISocketDelegation delegation) : ISyscallHandler
{
    public void Handle(SyscallContext context)
    {
        if (delegation.Begin(context.Tid, context.Principal) < 0)
        {
            // FAIL-CLOSED: the kernel would not know for whom the call is.
            context.Trail.Failed(context, "the kernel's programs could not be told who asks");
            context.ReplyErrno(Errno.EACCES);
            return;
        }

        try
        {
            inner.Handle(context);
        }
        finally
        {
            delegation.End();
        }
    }
}
