// From a folder of pictures to vectors and a few-label test. Usage: Photos RECIPE PICTURES RUN a.jpg b.png …
using MocoSharp;
using MocoSharp.Evaluation;

#region photos
(string recipe, string pictures, string folder) = (args[0], args[1], args[2]);

Run run = await Trainer.TrainAsync(recipe, data: pictures, folder);      // or Run.Open(folder)
float[][] vectors = await run.Embedder().EmbedAsync(args[3..]);
LinearResult linear = await run.EvaluateLinearAsync(LabelBudget.Share(0.5));

Console.WriteLine($"{vectors.Length} vectors of {vectors[0].Length} numbers");
Console.WriteLine(FormattableString.Invariant($"linear: {linear.Trained.Accuracy:F1}% of the test pictures"));
#endregion
