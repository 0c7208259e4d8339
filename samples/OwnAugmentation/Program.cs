// Trains with an operation on views that this program brings itself. Usage: OwnAugmentation PICTURES RUN
using MocoSharp;
using MocoSharp.Evaluation;
using MocoSharp.Imaging.Augment;
using OwnAugmentation;

#region register
Augmentations.Register<Posterize>("posterize");         // before a recipe is read; then recipes know it by this name

Run run = await Trainer.TrainAsync(Path.Combine(AppContext.BaseDirectory, "posterized.yaml"), data: args[0], folder: args[1]);
#endregion
KnnResult knn = await run.EvaluateKnnAsync();

Console.WriteLine(FormattableString.Invariant($"loss {run.Training!.Metrics[^1].Loss:F3}, kNN {knn.Trained.Accuracy:F1}%"));
