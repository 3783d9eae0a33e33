using Leash.Interop;

namespace Leash.Enforcement.Filter;

/// <summary>What the filter does with one system call.</summary>
internal abstract class FilterRule
{
    private const int ArgumentsOffset = 16;

    private protected FilterRule()
    {
    }

    /// <summary>Emits the rule's block; every path through it ends.</summary>
    public abstract void Emit(FilterAssembler code, int allow, int notify);

    private static int Low(int argument) => ArgumentsOffset + (8 * argument);

    private static int High(int argument) => Low(argument) + 4;

    /// <summary>The supervisor answers.</summary>
    internal sealed class Notify : FilterRule
    {
        public override void Emit(FilterAssembler code, int allow, int notify) => code.GoTo(notify);
    }

    /// <summary>Fails at once.</summary>
    /// <param name="errno">The error; 0 pretends success.</param>
    internal sealed class Refuse(int errno) : FilterRule
    {
        public override void Emit(FilterAssembler code, int allow, int notify) => code.Ret(SeccompCalls.SECCOMP_RET_ERRNO | (uint)errno);
    }

    /// <summary>Notified when any of the bits is set in the low word of an argument, else allowed.</summary>
    internal sealed class NotifyIfAnyBit(int argument, uint bits) : FilterRule
    {
        public override void Emit(FilterAssembler code, int allow, int notify)
        {
            code.Load(Low(argument));
            code.IfAnyBit(bits, notify);
            code.GoTo(allow);
        }
    }

    /// <summary>Allowed when any of the bits is set in the low word of an argument, else notified.</summary>
    internal sealed class AllowIfAnyBit(int argument, uint bits) : FilterRule
    {
        public override void Emit(FilterAssembler code, int allow, int notify)
        {
            code.Load(Low(argument));
            code.IfAnyBit(bits, allow);
            code.GoTo(notify);
        }
    }

    /// <summary>Allowed when the low word of an argument is one of these, else notified.</summary>
    internal sealed class AllowValues(int argument, params uint[] values) : FilterRule
    {
        public override void Emit(FilterAssembler code, int allow, int notify)
        {
            code.Load(Low(argument));
            foreach (uint value in values)
            {
                code.IfEqual(value, allow);
            }

            code.GoTo(notify);
        }
    }

    /// <summary>By the low word of an argument: some values fail at once, some are notified, the rest is allowed.</summary>
    internal sealed class Values(int argument, uint[] notified, uint[] refused, int errno) : FilterRule
    {
        public override void Emit(FilterAssembler code, int allow, int notify)
        {
            int refuse = code.NewLabel();
            code.Load(Low(argument));
            foreach (uint value in notified)
            {
                code.IfEqual(value, notify);
            }

            foreach (uint value in refused)
            {
                code.IfEqual(value, refuse);
            }

            code.GoTo(allow);
            code.Mark(refuse);
            code.Ret(SeccompCalls.SECCOMP_RET_ERRNO | (uint)errno);
        }
    }

    /// <summary>Notified when a pointer argument is not null, else allowed.</summary>
    internal sealed class NotifyIfPointer(int argument) : FilterRule
    {
        public override void Emit(FilterAssembler code, int allow, int notify)
        {
            int isNull = code.NewLabel();
            code.Load(Low(argument));
            code.IfEqual(0, isNull);
            code.GoTo(notify);
            code.Mark(isNull);
            code.Load(High(argument));
            code.IfEqual(0, allow);
            code.GoTo(notify);
        }
    }

    /// <summary>Notified when the resource is the one that carries the label and, for prlimit, a new value is given.</summary>
    /// <param name="resource">Index of the resource argument.</param>
    /// <param name="newValue">Index of the pointer to the new value, or -1 when the call always sets.</param>
    internal sealed class LabelLimit(int resource, int newValue) : FilterRule
    {
        public override void Emit(FilterAssembler code, int allow, int notify)
        {
            int isLabel = code.NewLabel();
            code.Load(Low(resource));
            code.IfEqual(ResourceLimit.RLIMIT_RTTIME, isLabel);
            code.GoTo(allow);
            code.Mark(isLabel);
            if (newValue < 0)
            {
                code.GoTo(notify);
                return;
            }

            new NotifyIfPointer(newValue).Emit(code, allow, notify);
        }
    }

    /// <summary><c>prctl</c>: one option pretends success (a process must stay readable to its supervisor), one is notified.</summary>
    internal sealed class Prctl(uint pretended, uint notified) : FilterRule
    {
        public override void Emit(FilterAssembler code, int allow, int notify)
        {
            int pretend = code.NewLabel();
            code.Load(Low(0));
            code.IfEqual(pretended, pretend);
            code.IfEqual(notified, notify);
            code.GoTo(allow);
            code.Mark(pretend);
            code.Ret(SeccompCalls.SECCOMP_RET_ERRNO);
        }
    }

    /// <summary><c>socketpair</c> where sockets are brokered: datagram pairs, which could send elsewhere, are notified.</summary>
    internal sealed class SocketPair : FilterRule
    {
        public override void Emit(FilterAssembler code, int allow, int notify)
        {
            code.Load(Low(1));
            code.Mask(0xf);
            code.IfEqual(1, allow);
            code.IfEqual(5, allow);
            code.GoTo(notify);
        }
    }

    /// <summary><c>socket</c>: the kinds that every program uses are allowed, all others notified.</summary>
    internal sealed class Socket : FilterRule
    {
        private const uint AF_UNIX = 1;
        private const uint AF_INET = 2;
        private const uint AF_INET6 = 10;
        private const uint AF_NETLINK = 16;
        private const uint TypeMask = 0xf;

        public override void Emit(FilterAssembler code, int allow, int notify)
        {
            int isUnix = code.NewLabel();
            int isInet = code.NewLabel();
            int isNetlink = code.NewLabel();
            code.Load(Low(0));
            code.IfEqual(AF_UNIX, isUnix);
            code.IfEqual(AF_INET, isInet);
            code.IfEqual(AF_INET6, isInet);
            code.IfEqual(AF_NETLINK, isNetlink);
            code.GoTo(notify);

            // SOCK_STREAM 1, SOCK_DGRAM 2, SOCK_SEQPACKET 5; SOCK_RAW on AF_UNIX is a datagram socket too.
            code.Mark(isUnix);
            EmitType(code, allow, notify, 1, 2, 5);

            // Protocols: 0 by type, 6 TCP, 17 UDP.
            int isKind = code.NewLabel();
            code.Mark(isInet);
            EmitType(code, isKind, notify, 1, 2);
            code.Mark(isKind);
            code.Load(Low(2));
            code.IfEqual(0, allow);
            code.IfEqual(6, allow);
            code.IfEqual(17, allow);
            code.GoTo(notify);

            // NETLINK_ROUTE is 0.
            code.Mark(isNetlink);
            code.Load(Low(2));
            code.IfEqual(0, allow);
            code.GoTo(notify);
        }

        private static void EmitType(FilterAssembler code, int match, int notify, params ReadOnlySpan<uint> types)
        {
            code.Load(Low(1));
            code.Mask(TypeMask);
            foreach (uint type in types)
            {
                code.IfEqual(type, match);
            }

            code.GoTo(notify);
        }
    }
}
