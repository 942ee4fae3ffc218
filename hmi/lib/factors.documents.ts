/** The factors of production context as the server tells them of a machine, a part and an image of the pool. */
import { graphql } from '#schema/graphql.ts';

export const MachineFactors = graphql(`
  fragment MachineFactors on MachineStatus @_unmask { speedPerMin temperatureC humidityPercent lampHours }
`);

export const PartFactors = graphql(`
  fragment PartFactors on InspectionContext @_unmask {
    machineState machineMode materialSupplier shift
    speedPerMin temperatureC humidityPercent lampHours
  }
`);

export const PoolFactors = graphql(`
  fragment PoolFactors on PoolImage @_unmask {
    machineState machineMode materialSupplier shift
    speedPerMin temperatureC humidityPercent lampHours
  }
`);
