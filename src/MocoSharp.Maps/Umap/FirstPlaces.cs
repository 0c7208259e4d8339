using MocoSharp.Maps.Numerics;

namespace MocoSharp.Maps;

/// <summary>Where the points of a map start.</summary>
/// <param name="Places">[N, components], scaled to 0 … 10 along each dimension.</param>
/// <param name="Start">How they were found.</param>
/// <param name="Parts">Parts of the neighbor graph that no edge joins.</param>
/// <param name="Note">What was done otherwise than asked, or null.</param>
internal sealed record FirstPlaces(float[] Places, UmapStart Start, int Parts, string? Note)
{
    private const float Side = 10, Noise = 1e-4f;

    /// <summary>Finds them.</summary>
    internal static FirstPlaces Of(PointSet points, SparseGraph graph, UmapOptions options, Work work)
    {
        int[][] parts = GraphParts.Of(graph);
        float[]? places = options.Start switch
        {
            UmapStart.Spectral => Spectral(points, graph, parts, options, work),
            UmapStart.Pca => Principal(points, options.Components, work),
            _ => Uniform(points.Count, options),
        };
        string? note = places is null
            ? "the eigenvectors of the neighbor graph were not found within the allowed steps: points started at their principal components"
            : null;
        float[] found = places ?? Principal(points, options.Components, work);
        if (options.Start != UmapStart.Random) Disturb(found, options);
        Scale(found, options.Components);
        return new FirstPlaces(found, places is null ? UmapStart.Pca : options.Start, parts.Length, note);
    }

    /// <summary>Those of another map, as they are.</summary>
    internal static FirstPlaces Given(PointSet start, SparseGraph graph, UmapOptions options)
    {
        float[] places = start.Values.ToArray();
        for (int i = 0; i < places.Length; i++) places[i] += Noise * (float)Rng.For(options.Seed, Rng.Use.Noise, i).NextGaussian();
        return new FirstPlaces(places, UmapStart.Given, GraphParts.Of(graph).Length, null);
    }

    private static float[] Uniform(int count, UmapOptions options)
    {
        float[] places = new float[count * options.Components];
        for (int i = 0; i < places.Length; i++)
            places[i] = Side * (float)(2 * Rng.For(options.Seed, Rng.Use.RandomStart, i).NextDouble() - 1);
        return places;
    }

    private static float[] Principal(PointSet points, int components, Work work)
    {
        int given = Math.Min(components, points.Dimensions);
        PointSet along = Pca.Fit(points, given, work).Transform(points);
        float[] places = new float[points.Count * components];
        for (int row = 0; row < points.Count; row++) along[row].CopyTo(places.AsSpan(row * components));
        return places;
    }

    private static float[]? Spectral(PointSet points, SparseGraph graph, int[][] parts, UmapOptions options, Work work)
    {
        int components = options.Components;
        if (parts.Length == 1) return OfPart(graph, parts[0], 1, options, work);
        float[] centers = Centers(points, parts, components, work);
        float[] places = new float[points.Count * components];
        for (int part = 0; part < parts.Length; part++)
        {
            float[]? own = OfPart(graph, parts[part], Room(centers, part, components), options, work);
            if (own is null) return null;
            for (int i = 0; i < parts[part].Length; i++)
                for (int c = 0; c < components; c++)
                    places[parts[part][i] * components + c] = own[i * components + c] + centers[part * components + c];
        }
        return places;
    }

    // Few parts stand on the axes; more at the principal components of their means.
    private static float[] Centers(PointSet points, int[][] parts, int components, Work work)
    {
        float[] centers = new float[parts.Length * components];
        if (parts.Length <= 2 * components)
        {
            int positive = (parts.Length + 1) / 2;
            for (int part = 0; part < parts.Length; part++) centers[part * components + part % positive] = part < positive ? 1 : -1;
            return centers;
        }
        float[] means = new float[parts.Length * points.Dimensions];
        work.Each(parts.Length, part =>
        {
            Span<float> mean = means.AsSpan(part * points.Dimensions, points.Dimensions);
            foreach (int row in parts[part])
                for (int d = 0; d < mean.Length; d++) mean[d] += points[row][d] / parts[part].Length;
        });
        float[] along = Principal(new PointSet(means, points.Dimensions), components, work);
        float largest = Largest(along);
        return largest == 0 ? along : [.. along.Select(value => value / largest)];
    }

    // Half the way to the nearest other part.
    private static float Room(float[] centers, int part, int components)
    {
        double nearest = double.PositiveInfinity;
        for (int other = 0; other < centers.Length / components; other++)
        {
            double squared = 0;
            for (int c = 0; c < components; c++)
                squared += Math.Pow(centers[part * components + c] - centers[other * components + c], 2);
            if (squared > 0) nearest = Math.Min(nearest, squared);
        }
        return double.IsInfinity(nearest) ? 1 : (float)Math.Sqrt(nearest) / 2;
    }

    private static float[]? OfPart(SparseGraph graph, int[] part, float room, UmapOptions options, Work work)
    {
        int components = options.Components;
        if (part.Length < 2 * components || part.Length <= components + 1)
        {
            float[] random = new float[part.Length * components];
            for (int i = 0; i < random.Length; i++)
            {
                Rng rng = Rng.For(options.Seed, Rng.Use.RandomStart, part[i / components], i % components);
                random[i] = room * (float)(2 * rng.NextDouble() - 1);
            }
            return random;
        }
        float[]? places = SpectralStart.Find(GraphParts.Cut(graph, part), components, options.Seed, work);
        if (places is null) return null;
        float largest = Largest(places);
        for (int i = 0; i < places.Length; i++) places[i] *= room / largest;
        return places;
    }

    private static float Largest(float[] values)
    {
        float largest = 0;
        foreach (float value in values) largest = Math.Max(largest, Math.Abs(value));
        return largest;
    }

    private static void Disturb(float[] places, UmapOptions options)
    {
        float largest = Largest(places), scale = largest == 0 ? 1 : Side / largest;
        for (int i = 0; i < places.Length; i++)
            places[i] = places[i] * scale + Noise * (float)Rng.For(options.Seed, Rng.Use.Noise, i).NextGaussian();
    }

    private static void Scale(float[] places, int components)
    {
        for (int c = 0; c < components; c++)
        {
            float least = float.PositiveInfinity, most = float.NegativeInfinity;
            for (int i = c; i < places.Length; i += components) (least, most) = (Math.Min(least, places[i]), Math.Max(most, places[i]));
            float range = most > least ? most - least : 1;
            for (int i = c; i < places.Length; i += components) places[i] = Side * (places[i] - least) / range;
        }
    }
}
