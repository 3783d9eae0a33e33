using Leash.Interop;

namespace Leash.Enforcement.Seccomp;

/// <summary>Handlers by system call number. Filled before the workers start, then only read.</summary>
internal sealed class HandlerTable
{
    private readonly ISyscallHandler?[] _handlers = new ISyscallHandler?[SyscallNumber.MaxKnown + 1];

    /// <summary>Registers <paramref name="handler"/>; a number the architecture lacks (-1) is ignored.</summary>
    public void Add(int number, ISyscallHandler handler)
    {
        if (number >= 0)
        {
            _handlers[number] = handler;
        }
    }

    public ISyscallHandler? Find(int number) => (uint)number < (uint)_handlers.Length ? _handlers[number] : null;
}
