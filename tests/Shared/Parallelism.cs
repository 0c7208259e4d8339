using Xunit.Sdk;
using Xunit.v3;

// TensorTest compares a counter of the whole process, so no two tests may run at once.
[assembly: Parallelization(Mode = ParallelMode.None)]
