using MocoSharp.Imaging;
using MocoSharp.Imaging.Augment;
using MocoSharp.Imaging.Codecs;
using MocoSharp.Imaging.Datasets;

namespace MocoSharp.Bench;

/// <summary>Where one thread's time goes, picture by picture.</summary>
public static class StageTimes
{
    /// <summary>The part that reads and decodes.</summary>
    internal const string Decode = "decode";

    private const int Passes = 3, Most = 512;

    /// <summary>Milliseconds a picture: <c>decode</c>, each operation by its name with all views together (chances included),
    /// <c>normalize</c>.</summary>
    /// <param name="source">Its first pictures are used, at most 512; unreadable ones are passed over.</param>
    /// <param name="views">How views are made.</param>
    /// <param name="request">Color and limits.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancel">Stops between pictures.</param>
    /// <remarks>The best of three passes for each part. The clock itself takes some 50 ns a part, which counts at 32 px.</remarks>
    public static Dictionary<string, double> Of(IImageSource source, ViewRecipe views, DecodeRequest request, TimeProvider time,
        CancellationToken cancel = default)
    {
        Dictionary<string, double> best = [];
        Canvas canvas = new();
        ImageMemory memory = new();
        float[] finished = new float[views.Views.Max(view => view.Output(request.Channels).Samples)];
        for (int pass = 0; pass < Passes; pass++)
        {
            Dictionary<string, double> sums = [];
            int pictures = 0;
            for (int index = 0; index < Math.Min(source.Count, Most); index++)
            {
                cancel.ThrowIfCancellationRequested();
                long start = time.GetTimestamp();
                Image image;
                try
                {
                    image = source.Load(index, request, memory);
                }
                catch (BadImageException)
                {
                    continue;
                }
                Add(Decode);
                pictures++;
                for (int view = 0; view < views.Count; view++)
                {
                    Rng rng = Rng.For(seed: 1, pass, index, view);
                    ViewPipeline pipeline = views.Views[view];
                    canvas.Load(image);
                    start = time.GetTimestamp();
                    foreach (Augmentation step in pipeline.Steps)
                    {
                        step.Run(ref rng, canvas);
                        Add(step.Name);
                    }
                    pipeline.Finish(canvas, finished.AsSpan(0, canvas.Size.Samples));
                    Add("normalize");
                }

                void Add(string part)
                {
                    long now = time.GetTimestamp();
                    sums[part] = sums.GetValueOrDefault(part) + time.GetElapsedTime(start, now).TotalMilliseconds;
                    start = now;
                }
            }
            foreach ((string part, double sum) in sums)
                best[part] = Math.Min(best.GetValueOrDefault(part, double.MaxValue), sum / pictures);
        }
        return best;
    }
}
