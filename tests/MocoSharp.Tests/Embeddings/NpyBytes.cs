using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace MocoSharp.Tests.Embeddings;

/// <summary>.npy files as NumPy writes them.</summary>
internal static class NpyBytes
{
    internal static byte[] Of<T>(string type, string shape, T[] values, string order = "False", byte version = 1) where T : unmanaged
    {
        string head = $"{{'descr': '{type}', 'fortran_order': {order}, 'shape': {shape}, }}";
        int start = version == 1 ? 10 : 12;
        head = head.PadRight((start + head.Length + 1 + 63) / 64 * 64 - start - 1) + "\n";
        byte[] length = version == 1 ? BitConverter.GetBytes((ushort)head.Length) : BitConverter.GetBytes(head.Length);
        return [0x93, .. "NUMPY"u8, version, 0, .. length, .. Encoding.ASCII.GetBytes(head), .. MemoryMarshal.AsBytes<T>(values)];
    }

    /// <summary>Rows 0, 1, 2 … of so many numbers, each row × 10 + column.</summary>
    internal static float[] Counting(int rows, int dimensions) =>
        [.. Enumerable.Range(0, rows * dimensions).Select(i => (float)(i / dimensions * 10 + i % dimensions))];

    internal static string Shape(int rows, int dimensions) => string.Create(CultureInfo.InvariantCulture, $"({rows}, {dimensions})");
}
