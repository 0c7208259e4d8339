namespace MocoSharp.Imaging;

/// <summary>From working values to bytes.</summary>
internal static class PixelValue
{
    /// <summary>0 to 1 becomes 0 to 255, rounded; what is outside is cut.</summary>
    internal static byte ToByte(float value) => (byte)Math.Clamp(value * 255f + 0.5f, 0f, 255f);
}
