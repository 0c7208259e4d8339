namespace MocoSharp.Imaging.Augment;

/// <summary>What one color jitter does.</summary>
/// <param name="Applied">Whether it does anything.</param>
/// <param name="Order">Which part comes first.</param>
/// <param name="Brightness">Factor; 1 changes nothing.</param>
/// <param name="Contrast">Factor; 1 changes nothing.</param>
/// <param name="Saturation">Factor; 1 changes nothing.</param>
/// <param name="Hue">Part of a full turn, −0.5 to 0.5.</param>
public readonly record struct JitterChoice(bool Applied, JitterOrder Order, float Brightness, float Contrast, float Saturation, float Hue);

/// <summary>The four parts of a color jitter.</summary>
public enum JitterPart
{
    /// <summary>Multiplies.</summary>
    Brightness,

    /// <summary>Moves away from the picture's mean luma.</summary>
    Contrast,

    /// <summary>Moves away from the pixel's luma.</summary>
    Saturation,

    /// <summary>Turns the color wheel.</summary>
    Hue,
}

/// <summary>One of the 24 orders of the four parts.</summary>
/// <param name="Index">0 to 23; 0 is brightness, contrast, saturation, hue, and the last part changes fastest.</param>
public readonly record struct JitterOrder(int Index)
{
    /// <summary>Orders there are: 4!.</summary>
    public const int Count = 24;

    /// <summary>Parts in an order.</summary>
    public const int Parts = 4;

    /// <summary>The part at a place, 0 to 3.</summary>
    public JitterPart this[int place]
    {
        get
        {
            // the order's number in the factorial base names, at each place, one of the parts that are left
            Span<JitterPart> left = [JitterPart.Brightness, JitterPart.Contrast, JitterPart.Saturation, JitterPart.Hue];
            int rest = Index, block = 6;
            for (int i = 0; ; i++)
            {
                int pick = rest / block;
                JitterPart part = left[pick];
                if (i == place)
                    return part;
                left[(pick + 1)..].CopyTo(left[pick..]);
                rest %= block;
                block = Math.Max(1, block / (3 - i));
            }
        }
    }

    /// <inheritdoc/>
    public override string ToString() => $"{this[0]}, {this[1]}, {this[2]}, {this[3]}";
}
