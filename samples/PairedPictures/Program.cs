// Learns from scenes that are there in two ways each. Usage: PairedPictures SCENES RUN
using MocoSharp;
using MocoSharp.Imaging;
using MocoSharp.Imaging.Datasets;

#region paired
SourceOptions kinds = new()
{
    Modalities = [new PictureModality("photo", "_t.png"), new DepthModality("height", "_h.png")],   // 0001_t.png, 0001_h.png
};
using (DataSplits scenes = DataSets.Open(args[0], kinds))
{
    Image photo = scenes.Train.Load(0, default);
    Console.WriteLine($"{scenes.Train.Count} scenes, the first {photo.Width} x {photo.Height} with {photo.Partners.Count} partner");
}

// the recipe names the same kinds under data.modalities, and says which view is of which
Run run = await Trainer.TrainAsync(Path.Combine(AppContext.BaseDirectory, "paired.yaml"), data: args[0], folder: args[1]);
#endregion

Console.WriteLine(FormattableString.Invariant($"loss {run.Training!.Metrics[^1].Loss:F3}"));
