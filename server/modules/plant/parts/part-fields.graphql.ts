/** The life cycle of each kind of part. */
import { addLifeCycle } from './add-life-cycle.ts';
import {
  AreaRef,
  CameraRef,
  EdgeNodeRef,
  LineRef,
  MaterialBatchRef,
  PlantRef,
  ProductRef,
  RecipeRef,
  StationRef,
} from './plants.ref.ts';

addLifeCycle('plant', PlantRef);
addLifeCycle('area', AreaRef);
addLifeCycle('line', LineRef);
addLifeCycle('station', StationRef);
addLifeCycle('camera', CameraRef);
addLifeCycle('edge_node', EdgeNodeRef);
addLifeCycle('product', ProductRef);
addLifeCycle('recipe', RecipeRef);
addLifeCycle('material_batch', MaterialBatchRef);
