using Leash.Interop;

namespace Leash.Enforcement.Seccomp;

/// <summary>
/// One supervising thread: receive, answer, repeat. It acts with the agent's capabilities and a file-creation mask of its own, and
/// an exception in a handler denies that one call.
/// </summary>
internal sealed class SeccompWorker(EnforcerServices services, HandlerTable handlers, Func<bool> isStopping)
{
    /// <param name="onPrepared">Told once whether the thread could limit itself; when not, it serves nobody.</param>
    public void Run(Action<bool> onPrepared)
    {
        using SyscallContext context = new(services);
        bool isPrepared = WorkerCredentials.Prepare(services.Options);
        onPrepared(isPrepared);
        if (!isPrepared)
        {
            // FAIL-CLOSED: a worker with more rights than the agent does not serve it.
            services.Workers.Leave();
            return;
        }

        while (!isStopping())
        {
            SeccompNotif notification = default;
            long result = SeccompCalls.Receive(services.Listener, ref notification);
            if (result == 0)
            {
                Answer(context, notification);
                if (services.Workers.LeaveIfSurplus())
                {
                    return;
                }
            }
            else if (result is not (-Errno.EINTR or -Errno.ENOENT or -Errno.EAGAIN) || SeccompCalls.IsAbandoned(services.Listener))
            {
                // The last filtered process is gone.
                break;
            }
        }

        services.Workers.Leave();
    }

    private void Answer(SyscallContext context, in SeccompNotif notification)
    {
        try
        {
            context.Begin(notification);
            if (!context.HasLabel)
            {
                // FAIL-CLOSED: a filtered process that is not of this session, or is gone already.
                context.Trail.Failed(context, "the caller carries no label of this session");
                context.ReplyErrno(Errno.EACCES);
                return;
            }

            services.Credentials.Follow(context);
            Dispatch(context);
        }
#pragma warning disable CA1031 // The loop is the boundary: whatever a handler throws denies its call and never ends the worker.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            // FAIL-CLOSED: see above.
            context.Trail.Failed(context, exception.GetType().Name);
            context.ReplyErrno(Errno.EACCES);
        }
        finally
        {
            context.End();
        }
    }

    private void Dispatch(SyscallContext context)
    {
        if (!RefusedCall.IsForeign(context.Arch, context.Number) && handlers.Find(context.Number) is { } handler)
        {
            handler.Handle(context);
            return;
        }

        // FAIL-CLOSED: notified, but nobody's.
        RefusedCall refused = RefusedCall.Of(context.Arch, context.Number);
        context.DenyStructurally(refused.Errno, refused.Why);
    }
}
