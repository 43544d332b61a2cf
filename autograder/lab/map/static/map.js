// @ts-check
import { connect } from "../lab/socket.js";

connect({});
