using System.Collections.Specialized;
using System.Linq;
using System.Reflection;
using CoreMLQuant.Running;

namespace CoreMLQuant.Runtime.Tests.Support;

/// <summary>Runs models as the runtime does, but always answers the same: whatever is done to their weights cannot be told from what comes out.</summary>
public class SureRuntime : DispatchProxy
{
    public static IModelRuntime Create() => Create<IModelRuntime, SureRuntime>();

    protected override object? Invoke(MethodInfo? method, object?[]? arguments)
    {
        object? result = method!.Invoke(Repository.Runtime, arguments);
        return result is IRunnableModel model ? SureModel.Of(model) : result;
    }

    private class SureModel : DispatchProxy
    {
        private IRunnableModel _model = null!;

        public static IRunnableModel Of(IRunnableModel model)
        {
            IRunnableModel sure = Create<IRunnableModel, SureModel>();
            ((SureModel)sure)._model = model;
            return sure;
        }

        protected override object? Invoke(MethodInfo? method, object?[]? arguments)
        {
            object? result = method!.Invoke(_model, arguments);
            return result is ModelRun run ? run with { Outputs = Answer(run.Outputs) } : result;
        }

        private static OrderedDictionary Answer(OrderedDictionary outputs)
        {
            var answer = new OrderedDictionary();
            foreach (string name in outputs.Keys.Cast<string>())
            {
                answer.Add(name, new MultiArray(new float[] { 1, 0 }, [2]));
            }

            return answer;
        }
    }
}
