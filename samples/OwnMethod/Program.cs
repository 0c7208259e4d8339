// Trains a method that this program brings itself. Usage: OwnMethod PICTURES RUN
using MocoSharp;
using MocoSharp.Evaluation;
using MocoSharp.Methods;

#region register
MethodRegistry.Register(typeof(Program).Assembly);

Run run = await Trainer.TrainAsync(Path.Combine(AppContext.BaseDirectory, "pair-contrast.yaml"), data: args[0], folder: args[1]);
#endregion
KnnResult knn = await run.EvaluateKnnAsync();

Console.WriteLine(FormattableString.Invariant($"loss {run.Training!.Metrics[^1].Loss:F3}, kNN {knn.Trained.Accuracy:F1}%"));
