using System.Text;

namespace Leash.Gateway.Tests.Prefaces;

/// <summary>Writes ClientHellos, right and wrong.</summary>
internal static class Hello
{
    public static byte[] Of(params byte[][] extensions) => Records(Message(Body(extensions)));

    public static byte[] ServerName(string name) => Extension(0, Vector16([0, .. Vector16(Encoding.Latin1.GetBytes(name))]));

    public static byte[] Alpn(params string[] names) => Extension(16, Vector16([.. names.SelectMany(name => (byte[])[(byte)name.Length, .. Encoding.Latin1.GetBytes(name)])]));

    /// <summary>What a server of TLS 1.2 wants besides, to answer with its certificate: groups and signatures.</summary>
    public static byte[][] Tls12 => [Extension(10, Vector16([0, 29, 0, 23])), Extension(13, Vector16([4, 3]))];

    public static byte[] Extension(int type, byte[] content) => [(byte)(type >> 8), (byte)type, .. Vector16(content)];

    public static byte[] Body(params byte[][] extensions) =>
        [3, 3, .. new byte[32], 0, .. Vector16([0x13, 0x01, 0xC0, 0x2B]), 1, 0, .. Vector16([.. extensions.SelectMany(extension => extension)])];

    public static byte[] Message(byte[] body) => [1, (byte)(body.Length >> 16), (byte)(body.Length >> 8), (byte)body.Length, .. body];

    /// <summary>In records of at most so many bytes.</summary>
    public static byte[] Records(byte[] message, int size = 1 << 14) => [.. message.Chunk(size).SelectMany(chunk => (byte[])[22, 3, 1, .. Vector16(chunk)])];

    public static byte[] Vector16(byte[] content) => [(byte)(content.Length >> 8), (byte)content.Length, .. content];
}
