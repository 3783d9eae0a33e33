namespace Leash.Enforcement;

/// <summary>The machine refused a step without which a session cannot be enforced.</summary>
/// <param name="operation">What was tried.</param>
/// <param name="errno">The kernel's answer.</param>
internal sealed class EnforcementException(string operation, int errno)
    : Exception($"cannot {operation}: {new System.ComponentModel.Win32Exception(errno).Message} (errno {errno})")
{
    public string Operation { get; } = operation;

    public int NativeError { get; } = errno;
}
