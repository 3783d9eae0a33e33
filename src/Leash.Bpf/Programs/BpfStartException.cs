namespace Leash.Bpf.Programs;

/// <summary>The kernel programs cannot be had on this machine, or not now. The message is for people.</summary>
internal sealed class BpfStartException(string message, Exception? inner = null) : Exception(message, inner);
