using System.Runtime.Intrinsics;

namespace MocoSharp.Maps;

/// <summary>Places as the layout has them: four floats, those beyond the map's dimensions 0.</summary>
internal static class Place
{
    internal static Vector128<float>[] Of(PointSet points)
    {
        Vector128<float>[] places = new Vector128<float>[points.Count];
        for (int row = 0; row < places.Length; row++)
            for (int c = 0; c < points.Dimensions; c++) places[row] = places[row].WithElement(c, points[row][c]);
        return places;
    }

    internal static PointSet ToPoints(Vector128<float>[] places, int components)
    {
        float[] values = new float[places.Length * components];
        for (int i = 0; i < values.Length; i++) values[i] = places[i / components][i % components];
        return new PointSet(values, components);
    }
}
