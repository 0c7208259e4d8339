using System.Runtime.CompilerServices;

namespace MocoSharp.Maps;

/// <summary>A function of the squared distance by lines between its values at 128 places an octave, from 2⁻²⁴ to 2²⁴; beyond its ends it
/// is constant. Off by less than 2·10⁻⁵ of a power's value.</summary>
internal sealed class ForceTable
{
    private const int LowestExponent = -24, Octaves = 48, BitsInOctave = 7, Shift = 23 - BitsInOctave;
    private const int First = (127 + LowestExponent) << BitsInOctave, Count = Octaves << BitsInOctave;
    private readonly (float Value, float Slope)[] _lines = new (float, float)[Count];

    internal ForceTable(Func<double, double> function)
    {
        for (int i = 0; i < Count; i++)
        {
            double value = function(Place(i)), next = function(Place(i + 1));
            _lines[i] = ((float)value, (float)((next - value) / (1 << Shift)));
        }
    }

    /// <summary>The force's factor at a squared distance of 0 or more.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal float At(float squared)
    {
        int bits = BitConverter.SingleToInt32Bits(squared);
        int index = (bits >> Shift) - First;
        if ((uint)index >= Count) return _lines[index < 0 ? 0 : Count - 1].Value;
        ref (float Value, float Slope) line = ref _lines[index];
        return line.Value + (bits & ((1 << Shift) - 1)) * line.Slope;
    }

    private static double Place(int i) => BitConverter.Int32BitsToSingle((i + First) << Shift);
}
